import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf, type Distribution, type Tally } from '#catalog'
import type { K6Result } from './k6-result.ts'
import { mergeResults } from './merge.ts'
import { mergeTallies, quantile } from './tallies.ts'

type Metrics = K6Result['metrics']

const result = (metrics: Metrics, from = 1_000): K6Result => ({
  schema: 'petrel.k6/1',
  scenario: 'healthy',
  clients: 10,
  segments: 2,
  phases: {
    warmup: { from, to: 2_000 },
    steady: { from: 2_000, to: 3_000 },
    fault: { from: 3_000, to: 5_000 },
    recovery: { from: 5_000, to: 6_000 },
  },
  metrics,
})
const tallyOf = (trends: Record<string, Distribution>): Tally => ({
  from: 1_000,
  windowMs: 1_000,
  windows: {},
  trends,
})
const counter = (count: number, expression: string, ok: boolean) => ({
  values: { count, rate: count / 2 },
  thresholds: { [expression]: { ok } },
})

/** Quantile of plain values as k6 takes it (R's type 7). */
function exact(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const [low = 0, high = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low + (high - low) * (place - Math.floor(place))
}

function distributionOf(values: readonly number[]): Distribution {
  const distribution: Distribution = {}
  for (const value of values) distribution[bucketOf(value)] = (distribution[bucketOf(value)] ?? 0) + 1
  return distribution
}

test('percentiles of two generators are those of all their values, exact below a second and within 0.5 % above', () => {
  const times = fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(times, times, fc.constantFrom(0.5, 0.95, 0.99), (first, second, share) => {
      const merged = mergeTallies([
        tallyOf({ t: distributionOf(first) }),
        tallyOf({ t: distributionOf(second) }),
      ])
      const found = quantile(merged?.trends.t ?? {}, share) ?? Number.NaN
      const wanted = exact([...first, ...second], share)
      expect(Math.abs(found - wanted)).toBeLessThanOrEqual(
        wanted < 1_000 ? 1e-6 + wanted * 0.005 : wanted * 0.0051,
      )
    }),
  )
})

test('counts are added, and each threshold is judged on the whole, whatever the parts came to', () => {
  const { result: merged, problems } = mergeResults(
    [
      result({
        'petrel_attempts{phase:warmup}': counter(4, 'count>=10', false),
        petrel_stream_errors: counter(0, 'count==0', true),
        petrel_timer_lag_ms: {
          values: { max: 4, min: 0, avg: 1, count: 10 },
          thresholds: { 'max<1000': { ok: true } },
        },
      }),
      result({
        'petrel_attempts{phase:warmup}': counter(6, 'count>=10', false),
        petrel_stream_errors: counter(1, 'count==0', false),
        petrel_timer_lag_ms: {
          values: { max: 1_200, min: 1, avg: 4, count: 30 },
          thresholds: { 'max<1000': { ok: false } },
        },
      }),
    ],
    tallyOf({}),
  )
  expect(problems).toEqual([])
  expect(merged.metrics['petrel_attempts{phase:warmup}']).toEqual({
    values: { count: 10, rate: 5 },
    thresholds: { 'count>=10': { ok: true } },
  })
  expect(merged.metrics.petrel_stream_errors?.thresholds).toEqual({ 'count==0': { ok: false } })
  expect(merged.metrics.petrel_timer_lag_ms).toEqual({
    values: { count: 40, min: 0, max: 1_200, avg: 3.25 },
    thresholds: { 'max<1000': { ok: false } },
  })
})

test('a share of successes comes of its counts', () => {
  const rate = (passes: number, fails: number) => ({ values: { rate: 0, passes, fails } })
  const { result: merged } = mergeResults([result({ r: rate(9, 1) }), result({ r: rate(0, 10) })], undefined)
  expect(merged.metrics.r?.values).toEqual({ passes: 9, fails: 11, rate: 0.45 })
})

test('a trend whose values are not all told has no percentiles that could be trusted', () => {
  const part = { values: { count: 3, min: 1, max: 9, avg: 5, med: 5, 'p(95)': 9, 'p(99)': 9 } }
  const parts = [result({ t: part, u: part }), result({ t: part, u: part })]
  const { result: merged, problems } = mergeResults(parts, tallyOf({ t: { 5: 5 } }))
  expect(problems).toEqual(['t: k6 counted 6 values, its VUs told of 5'])
  expect(merged.metrics.u?.values).toEqual({ count: 6, min: 1, max: 9, avg: 5 })
})

test('a segment in which a trend saw nothing changes nothing of it', () => {
  const seen = { values: { count: 2, min: 3, max: 5, avg: 4, med: 4, 'p(95)': 5, 'p(99)': 5 } }
  const none = { values: { count: 0, min: 0, max: 0, avg: 0, med: 0, 'p(95)': 0, 'p(99)': 0 } }
  const { result: merged } = mergeResults(
    [result({ t: seen }), result({ t: none })],
    tallyOf({ t: { 3: 1, 5: 1 } }),
  )
  expect(merged.metrics.t?.values).toMatchObject({ count: 2, min: 3, max: 5, med: 4 })
})

test('generators that began apart played another crowd', () => {
  const { problems } = mergeResults([result({}, 1_000), result({}, 11_000)], undefined)
  expect(problems).toEqual(['the generators began 10.0 s apart'])
})
