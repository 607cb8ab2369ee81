import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type OwnedProcess, temporaryFolder } from '#stack'
import { manualClock } from '../../test/support/manual-clock.ts'
import { requireTool } from '../../test/support/require-tool.ts'
import { startTraffic, type TrafficOptions } from './traffic.ts'

const HALF_AN_HOUR = 30 * 60_000

async function traffic(folder: string, change: Partial<TrafficOptions> = {}) {
  const time = manualClock()
  const began = Date.now()
  const rounds: OwnedProcess[] = []
  const lost: unknown[] = []
  const started = await startTraffic({
    // k6 waits for its start, and dials nobody before.
    target: 'http://127.0.0.1:9',
    k6: { name: 'k6', path: await requireTool('k6'), version: '2', source: 'PATH' },
    async folderFor(name) {
      await mkdir(join(folder, name))
      return join(folder, name)
    },
    env: process.env,
    clock: { ...time, wall: () => began + HALF_AN_HOUR + time.wall() },
    signal: new AbortController().signal,
    onRound: one => void rounds.push(one),
    onLost: error => void lost.push(error),
    ...change,
  })
  return { time, rounds, lost, started }
}

test('the next round begins before the last one is over, and both end with the traffic', async () => {
  await using folder = await temporaryFolder('traffic-test')
  const { time, rounds, lost, started } = await traffic(folder.path)
  time.advance(HALF_AN_HOUR - 20_000)
  expect(rounds).toHaveLength(1)
  time.advance(20_000)
  await expect.poll(() => rounds.length).toBe(2)
  expect(rounds.map(({ pid }) => existsSync(`/proc/${pid}`))).toEqual([true, true])
  await started[Symbol.asyncDispose]()
  for (const { exited } of rounds) await exited
  expect(rounds.map(({ pid }) => existsSync(`/proc/${pid}`))).toEqual([false, false])
  expect(lost).toEqual([])
})

test('a round that cannot start is told, and not waited for', async () => {
  await using folder = await temporaryFolder('traffic-test')
  const { time, lost, started, rounds } = await traffic(folder.path)
  // Its folder is there already.
  await mkdir(join(folder.path, 'traffic-2'))
  time.advance(HALF_AN_HOUR)
  await expect.poll(() => lost.length).toBe(1)
  expect(rounds).toHaveLength(1)
  await started[Symbol.asyncDispose]()
})
