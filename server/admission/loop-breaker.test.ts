import { expect, test } from 'vitest'
import { type LoopBreaker, loopBreaker } from './loop-breaker.ts'

function setUp(failures = 3) {
  const state = { now: 0, trips: [] as string[] }
  const breaker = loopBreaker({
    failures,
    holdMs: 30_000,
    now: () => state.now,
    onTrip: key => state.trips.push(key),
  })
  return { state, breaker }
}

function fail(breaker: LoopBreaker, key: string, times: number): void {
  for (let time = 0; time < times; time++) breaker.failed(key)
}

test('who fails too often within a minute is held for so long, and nobody else', () => {
  const { state, breaker } = setUp()
  fail(breaker, 'loop', 2)
  expect(breaker.heldFor('loop')).toBe(0)
  fail(breaker, 'loop', 1)
  expect(breaker.heldFor('loop')).toBe(30_000)
  expect(breaker.heldFor('other')).toBe(0)
  state.now = 29_000
  expect(breaker.heldFor('loop')).toBe(1_000)
  expect(state.trips).toEqual(['loop'])
})

test('after the hold it may try; one more failure holds it again, one success sets it free', () => {
  const { state, breaker } = setUp()
  fail(breaker, 'loop', 3)
  state.now = 30_000
  expect(breaker.heldFor('loop')).toBe(0)
  fail(breaker, 'loop', 1)
  expect(breaker.heldFor('loop')).toBe(30_000)
  expect(state.trips).toHaveLength(2)
  state.now = 60_000
  breaker.served('loop')
  fail(breaker, 'loop', 2)
  expect(breaker.heldFor('loop')).toBe(0)
})

test('what ends while it is held counts nothing', () => {
  const { state, breaker } = setUp()
  fail(breaker, 'loop', 100)
  expect(state.trips).toHaveLength(1)
})

test('failures that are spread over minutes hold nobody', () => {
  const { state, breaker } = setUp()
  for (; state.now < 3_600_000; state.now += 31_000) {
    breaker.failed('slow')
    expect(breaker.heldFor('slow')).toBe(0)
  }
})

test('a million clients that failed once push out the oldest, and cost no more', () => {
  const { breaker } = setUp()
  fail(breaker, 'first', 2)
  for (let index = 0; index < 1_000_000; index++) breaker.failed(`c${index}`)
  fail(breaker, 'first', 1)
  expect(breaker.heldFor('first')).toBe(0)
})

test('0 holds nobody', () => {
  const { breaker } = setUp(0)
  fail(breaker, 'loop', 1_000)
  expect(breaker.heldFor('loop')).toBe(0)
})
