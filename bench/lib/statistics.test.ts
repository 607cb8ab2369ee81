import { expect, test } from 'vitest'
import { seededRandom } from '#core'
import { estimate } from './statistics.ts'

test('the interval is as narrow as its coverage allows, and says what it covers', () => {
  expect(estimate([3, 1, 2])).toMatchObject({ median: 2, low: 1, high: 3, coverage: 0.75 })
  expect(estimate([5, 1, 2, 3, 4])).toMatchObject({ median: 3, low: 1, high: 5, coverage: 0.9375 })
  const eleven = estimate([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  expect(eleven).toMatchObject({ median: 6, low: 3, high: 9 })
  expect(eleven.coverage).toBeCloseTo(0.9346, 4)
})

test('the interval covers the true median as often as it says', () => {
  const random = seededRandom(7)
  let covered = 0
  const runs = 4_000
  for (let run = 0; run < runs; run++) {
    // Skewed on purpose: no symmetry is assumed.
    const { low, high } = estimate(Array.from({ length: 7 }, () => random() ** 3))
    if (low <= 0.125 && 0.125 <= high) covered += 1
  }
  expect(covered / runs).toBeGreaterThan(0.97)
  expect(covered / runs).toBeLessThan(0.995)
})
