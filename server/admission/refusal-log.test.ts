import { expect, test } from 'vitest'
import { manualClock } from '../../test/support/manual-clock.ts'
import type { Logger } from '../log.ts'
import { refusalLog } from './refusal-log.ts'

function setUp() {
  const lines: Record<string, unknown>[] = []
  const log = { warn: (fields: object, msg: string) => lines.push({ ...fields, msg }) } as unknown as Logger
  const clock = manualClock()
  return { lines, clock, refusals: refusalLog(log, clock) }
}

test('a few refusals are told one by one; of a flood a few, and how many more there were', () => {
  const { lines, clock, refusals } = setUp()
  let described = 0
  for (let time = 0; time < 5_000; time++) {
    refusals.refused('wrong_path', () => {
      described += 1
      return { path: '/ws/t' }
    })
  }
  refusals.refused('origin', () => ({ path: '/x' }))
  clock.advance(1_000)
  expect(lines.filter(({ msg }) => msg === 'websocket_refused')).toHaveLength(11)
  expect(lines.at(-1)).toEqual({
    reason: 'wrong_path',
    more: 4_990,
    within_ms: 1_000,
    msg: 'websocket_refused_more',
  })
  // What is not written is not even put together.
  expect(described).toBe(10)
})

test('the next second begins anew, and nothing is told of what did not happen', () => {
  const { lines, clock, refusals } = setUp()
  refusals.refused('wrong_path', () => ({}))
  clock.advance(5_000)
  refusals.refused('wrong_path', () => ({}))
  clock.advance(5_000)
  expect(lines.map(({ msg }) => msg)).toEqual(['websocket_refused', 'websocket_refused'])
})

test('what was counted is told at the end', () => {
  const { lines, refusals } = setUp()
  for (let time = 0; time < 12; time++) refusals.refused('wrong_path', () => ({}))
  refusals[Symbol.dispose]()
  expect(lines.at(-1)).toMatchObject({ more: 2 })
})
