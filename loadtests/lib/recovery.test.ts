import { expect, test } from 'vitest'
import { BURST_SECONDS } from '../../src/catalog/load/recovery.ts'
import { burstSecond, lossOf } from './recovery.ts'

const phases = {
  warmup: { from: 0, to: 1_000 },
  steady: { from: 1_000, to: 2_000 },
  fault: { from: 2_000, to: 10_000 },
  recovery: { from: 10_000, to: 60_000 },
}

test('each second of the fault and of the recovery has its name, up to the thirtieth', () => {
  expect([1_999, 2_000, 2_999, 9_999, 10_000, 39_999, 40_000].map(now => burstSecond(phases, now))).toEqual([
    undefined,
    'fault-0',
    'fault-0',
    'fault-7',
    'recovery-0',
    'recovery-29',
    undefined,
  ])
  expect(BURST_SECONDS).toHaveLength(60)
})

test('a recovery is counted from the loss, with the attempts that it took', () => {
  let losses = 0
  const loss = lossOf(() => {
    losses += 1
  }, undefined)
  loss.lost(1)
  expect(loss.served(5)).toBeUndefined()
  expect(losses).toBe(0)
  loss.lost(100)
  for (const again of [200, 300]) {
    loss.attempted()
    loss.lost(again)
  }
  loss.attempted()
  expect(loss.served(450)).toEqual({ recoveryMs: 350, attempts: 3 })
  expect(losses).toBe(1)
  expect(loss.served(500)).toBeUndefined()
  expect(loss.atTheEnd()).toBe('nothing_lost')
})

test('of a fault that lasts nobody recovers before its end', () => {
  const loss = lossOf(() => {}, 10_000)
  loss.served(0)
  loss.lost(2_000)
  expect(loss.served(10_700)?.recoveryMs).toBe(700)
  loss.lost(11_000)
  expect(loss.served(11_200)?.recoveryMs).toBe(200)
  const early = lossOf(() => {}, 10_000)
  early.served(0)
  early.lost(2_000)
  expect(early.served(2_300)?.recoveryMs).toBe(300)
})

test('who is not back is waiting, unless the policy stopped; who has reached the end misses nothing', () => {
  const loss = lossOf(() => {}, undefined)
  loss.served(0)
  loss.lost(1)
  expect(loss.atTheEnd()).toBe('still_waiting')
  loss.stopped()
  expect(loss.atTheEnd()).toBe('never_came_back')
  loss.over()
  expect(loss.atTheEnd()).toBe('nothing_lost')
})
