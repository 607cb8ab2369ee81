import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import scipy from '../../../test/fixtures/statistics/scipy.json' with { type: 'json' }
import { seededRandom } from '../random.ts'
import { hodgesLehmann } from './hodges-lehmann.ts'
import { mannWhitney } from './mann-whitney.ts'
import { noiseFloor } from './noise-floor.ts'
import { normalCdf, normalDraw, normalQuantile } from './normal.ts'
import { detectableShift, power } from './power.ts'
import { coefficientOfVariation, quantile, standardDeviation } from './summary.ts'

describe(`as SciPy ${scipy.scipy} has it`, () => {
  test.each(scipy.normal)('the normal share below %f', (z = 0, share = 0) => {
    expect(Math.abs(normalCdf(z) - share)).toBeLessThan(1e-14)
    expect(normalCdf(z) / share).toBeCloseTo(1, 10)
  })

  test.each(scipy.quantile)('the normal quantile of %f', (p = 0, z = 0) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 8)
  })

  test.each(scipy.mannWhitney)('Mann–Whitney: $name', ({ first, second, method, u, p }) => {
    const found = mannWhitney(first, second)
    expect(found).toMatchObject({ u, method })
    expect(found.p).toBeCloseTo(p, 12)
  })

  test.each(scipy.mannWhitney)('Hodges–Lehmann: $name', ({ first, second, shift, interval }) => {
    const found = hodgesLehmann(first, second)
    expect(found.shift).toBeCloseTo(shift, 9)
    if (interval === null) return
    expect(found.low).toBeCloseTo(interval[0] ?? Number.NEGATIVE_INFINITY, 8)
    expect(found.high).toBeCloseTo(interval[1] ?? Number.POSITIVE_INFINITY, 8)
  })
})

const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 })

test('the order of the samples changes the sign, never the p', () => {
  fc.assert(
    fc.property(sample, sample, (first, second) => {
      const there = mannWhitney(first, second)
      const back = mannWhitney(second, first)
      expect(back.p).toBeCloseTo(there.p, 12)
      expect(there.u + back.u).toBe(first.length * second.length)
      expect(there.p).toBeGreaterThan(0)
      expect(there.p).toBeLessThanOrEqual(1)
    }),
  )
})

test('values that are no numbers end in some answer, never in none', () => {
  expect(mannWhitney([Number.NaN, Number.NaN], [1, 2]).p).toBeGreaterThan(0)
})

test('the shift lies in its interval, and nothing was measured gives none', () => {
  fc.assert(
    fc.property(sample, sample, (first, second) => {
      const { shift, low, high } = hodgesLehmann(first, second)
      expect(low).toBeLessThanOrEqual(shift)
      expect(high).toBeGreaterThanOrEqual(shift)
    }),
  )
  expect(mannWhitney([], [1, 2]).p).toBe(1)
})

/** Two groups of runs of one build, or of a build and a slower one. */
function twoGroups(noise: number, shift: number, runs: number, random: () => number) {
  const draw = (level: number) => Array.from({ length: runs }, () => level * (1 + noise * normalDraw(random)))
  return [draw(100), draw(100 * (1 + shift))] as const
}

test('A/A: of 1,000 comparisons of a build with itself at most 65 raise an alarm at 5 %', () => {
  const random = seededRandom(5)
  let alarms = 0
  for (let trial = 0; trial < 1_000; trial += 1) {
    const [base, head] = twoGroups(0.1, 0, 10, random)
    if (mannWhitney(base, head).p < 0.05) alarms += 1
  }
  expect(alarms).toBeLessThanOrEqual(65)
  expect(alarms).toBeGreaterThan(20)
})

test.each([
  [0.05, 0.97],
  [0.1, 0.48],
  [0.15, 0.24],
])('ten runs a side with a variation of %f find a true 10 %% with a power of about %f', (noise, expected) => {
  const found = power({ runs: [10, 10], noise, alpha: 0.05 }, 0.1, seededRandom(7), 4_000)
  expect(Math.abs(found - expected)).toBeLessThan(0.025)
})

test('the smallest detectable shift is found with the wanted power, and a smaller one is not', () => {
  const comparison = { runs: [10, 10], noise: 0.05, alpha: 0.05 } as const
  const shift = detectableShift(comparison)
  expect(shift).toBeGreaterThan(0.05)
  expect(shift).toBeLessThan(0.1)
  expect(power(comparison, shift, seededRandom(99), 4_000)).toBeGreaterThan(0.76)
  expect(power(comparison, shift * 0.7, seededRandom(99), 4_000)).toBeLessThan(0.65)
})

test('three runs a side can find nothing, whatever its size: their smallest p is 0.1', () => {
  expect(detectableShift({ runs: [3, 3], noise: 0.01, alpha: 0.05 })).toBe(Number.POSITIVE_INFINITY)
})

test('the noise floor is what halves of one build differ by: more noise, a higher floor', () => {
  const runs = (noise: number) => twoGroups(noise, 0, 20, seededRandom(3))[0]
  const quiet = noiseFloor(runs(0.02), seededRandom(1))
  const loud = noiseFloor(runs(0.2), seededRandom(1))
  expect(quiet).toBeGreaterThan(0.5)
  expect(quiet).toBeLessThan(4)
  expect(loud).toBeGreaterThan(5 * quiet)
  expect(noiseFloor([1, 2, 3], seededRandom(1))).toBe(0)
})

test('quantiles interpolate, one value has no spread', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
  expect(quantile([1, 2, 3, 4, 5], 0.95)).toBeCloseTo(4.8)
  expect(quantile([], 0.5)).toBeNaN()
  expect(standardDeviation([5])).toBe(0)
  expect(coefficientOfVariation([90, 100, 110])).toBeCloseTo(0.1)
})
