import { expect, test } from 'vitest'
import { seededRandom } from './random.ts'

test('equal seeds give equal sequences, others do not', () => {
  const draw = (seed: number) => Array.from({ length: 20 }, seededRandom(seed))
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

test('draws are spread evenly over [0, 1)', () => {
  const random = seededRandom(1)
  const buckets = Array.from({ length: 10 }, () => 0)
  for (let draw = 0; draw < 10_000; draw++) {
    const bucket = Math.floor(random() * 10)
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
  }
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150)
})
