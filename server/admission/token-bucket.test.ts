import { expect, test } from 'vitest'
import { tokenBucket } from './token-bucket.ts'

function taken(bucket: { take(): boolean }, tries: number): number {
  let taken = 0
  for (let time = 0; time < tries; time++) if (bucket.take()) taken += 1
  return taken
}

test('a burst passes at once, then as many as come back per second', () => {
  let now = 0
  const bucket = tokenBucket({ ratePerSecond: 100, burst: 5_000, now: () => now })
  expect(taken(bucket, 6_000)).toBe(5_000)
  now = 500
  expect(taken(bucket, 1_000)).toBe(50)
  now = 3_600_000
  expect(taken(bucket, 10_000)).toBe(5_000)
})

test('parts of a token add up', () => {
  let now = 0
  const bucket = tokenBucket({ ratePerSecond: 1, burst: 1, now: () => now })
  expect(bucket.take()).toBe(true)
  let passed = 0
  for (now = 10; now <= 10_000; now += 10) if (bucket.take()) passed += 1
  expect(passed).toBeGreaterThanOrEqual(9)
  expect(passed).toBeLessThanOrEqual(10)
})

test('a rate of 0 is no limit', () => {
  expect(taken(tokenBucket({ ratePerSecond: 0, burst: 1, now: () => 0 }), 1_000)).toBe(1_000)
})
