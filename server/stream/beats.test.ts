import { expect, test } from 'vitest'
import { manualClock } from '../../test/support/manual-clock.ts'
import { Beats } from './beats.ts'

const INTERVAL_MS = 1_000

function beating() {
  let count = 0
  return {
    beat() {
      count += 1
    },
    count: () => count,
  }
}

test('each member beats once in every interval, from a random part of the first on', () => {
  const clock = manualClock()
  let share = 0
  const beats = new Beats(clock, () => share, INTERVAL_MS)
  const members = [0, 0.25, 0.5, 0.999].map(at => {
    share = at
    const member = beating()
    beats.add(member)
    return member
  })
  clock.advance(INTERVAL_MS / 3)
  expect(members.map(({ count }) => count())).toEqual([1, 1, 0, 0])
  clock.advance((2 * INTERVAL_MS) / 3)
  expect(members.map(({ count }) => count())).toEqual([1, 1, 1, 1])
  clock.advance(3 * INTERVAL_MS)
  expect(members.map(({ count }) => count())).toEqual([4, 4, 4, 4])
})

test('whoever has left beats no more, and a round without members has no timer', () => {
  const clock = manualClock()
  const beats = new Beats(clock, () => 0, INTERVAL_MS)
  const [stays, leaves] = [beating(), beating()]
  const slots = [beats.add(stays), beats.add(leaves)] as const
  beats.delete(leaves, slots[1])
  clock.advance(INTERVAL_MS)
  expect([stays.count(), leaves.count()]).toEqual([1, 0])
  beats.delete(stays, slots[0])
  beats.delete(stays, slots[0])
  clock.advance(2 * INTERVAL_MS)
  expect(stays.count()).toBe(1)
  beats.add(stays)
  clock.advance(INTERVAL_MS)
  expect(stays.count()).toBe(2)
})
