import { expect, test } from 'vitest'
import { type BurnRateInput, burnRateRules, burnThreshold } from './burn-rate.ts'
import type { BurnPair } from './windows.ts'

const pair: BurnPair = {
  severity: 'critical',
  long: '1h',
  short: '5m',
  factor: 14.4,
  for: '0s',
  keepFiringFor: '5m',
}
const input: BurnRateInput = {
  name: 'session',
  bad: 'ws_sessions_total{verdict="bad"}',
  total: 'ws_sessions_total',
  objective: 0.999,
  pairs: [pair, { ...pair, severity: 'warning', long: '6h', short: '5m', factor: 6 }],
  trafficFloor: 0.02,
}

test('each window is recorded once, and both windows and the floor must hold', () => {
  const { recording, alerts } = burnRateRules(input)
  expect(recording.map(({ record }) => record)).toEqual([
    'job:ws_session_events:rate5m',
    'job:ws_session_errors:rate5m',
    'job:ws_session_errors:ratio_rate5m',
    'job:ws_session_events:rate1h',
    'job:ws_session_errors:ratio_rate1h',
    'job:ws_session_events:rate6h',
    'job:ws_session_errors:ratio_rate6h',
  ])
  expect(alerts[0]?.expr).toBe(
    'job:ws_session_errors:ratio_rate1h > 0.0144\nand job:ws_session_errors:ratio_rate5m > 0.0144\nand job:ws_session_events:rate1h > 0.02',
  )
})

test('hours are averaged from what the shortest window records, days from a sample of it in two minutes, whatever the order of the pairs', () => {
  const pairs: BurnPair[] = [{ ...pair, long: '3d', short: '6h', factor: 1 }, pair]
  const { recording } = burnRateRules({ ...input, pairs, period: '30d' })
  const ruleOf = (record: string) => recording.find(rule => rule.record === record)
  expect(recording[0]?.record).toBe('job:ws_session_events:rate5m')
  expect(ruleOf('job:ws_session_errors:ratio_rate6h')).toEqual({
    record: 'job:ws_session_errors:ratio_rate6h',
    expr: 'avg_over_time(job:ws_session_errors:rate5m[6h]) / avg_over_time(job:ws_session_events:rate5m[6h])',
  })
  expect(ruleOf('job:ws_session_sparse_events:rate5m')).toEqual({
    record: 'job:ws_session_sparse_events:rate5m',
    expr: 'job:ws_session_events:rate5m',
    every: '2m',
  })
  expect(ruleOf('job:ws_session_events:rate3d')).toEqual({
    record: 'job:ws_session_events:rate3d',
    expr: 'avg_over_time(job:ws_session_sparse_events:rate5m[3d])',
    every: '2m',
  })
  // A mean of ratios would weigh a quiet minute like a storm.
  expect(ruleOf('job:ws_session_errors:ratio_rate30d')?.expr).toBe(
    'avg_over_time(job:ws_session_sparse_errors:rate5m[30d]) / avg_over_time(job:ws_session_sparse_events:rate5m[30d])',
  )
})

test('where the shortest window has seconds, a sample in minutes would leave most out: all is recorded at each evaluation', () => {
  const drill: BurnPair = { ...pair, long: '60s', short: '10s' }
  const { recording } = burnRateRules({ ...input, pairs: [drill], period: '30d' })
  expect(recording.filter(({ every }) => every !== undefined)).toEqual([])
  expect(recording.at(-1)?.expr).toContain('avg_over_time(job:ws_session_errors:rate10s[30d])')
  expect(recording.find(({ record }) => record === 'job:ws_session_events:rate60s')?.expr).toBe(
    'sum by (job) (rate(ws_sessions_total[60s]))',
  )
})

test('what is slow is all that is counted less what was in time', () => {
  const { recording } = burnRateRules({
    ...input,
    name: 'delivery',
    bad: { plus: ['lag_count'], minus: ['lag_bucket{le="0.5"}'] },
    total: { plus: ['lag_count', 'lost_total'] },
  })
  expect(recording.find(({ record }) => record === 'job:ws_delivery_errors:rate5m')?.expr).toBe(
    'clamp_min(sum by (job) (rate(lag_count[5m])) - sum by (job) (rate(lag_bucket{le="0.5"}[5m])), 0)',
  )
  expect(recording[0]?.expr).toBe('sum by (job) (rate(lag_count[5m])) + sum by (job) (rate(lost_total[5m]))')
})

test.each([
  // Written out by hand after Sloth's example of a 99.9 % objective: 14.4, 6, 3 and 1 times 0.1 %.
  [14.4, 0.999, 0.0144],
  [6, 0.999, 0.006],
  [3, 0.999, 0.003],
  [1, 0.999, 0.001],
  [14.4, 0.995, 0.072],
  [3, 0.995, 0.015],
])('factor %d at objective %d fires above %d', (factor, objective, threshold) => {
  expect(burnThreshold(factor, objective)).toBe(threshold)
})

test.each([
  [14.4, 0.93],
  [14.4, 1],
  [14.4, 0],
  [14.4, 99.5],
  [0, 0.99],
  [Number.NaN, 0.99],
])('factor %d at objective %d is refused: it could never fire', (factor, objective) => {
  expect(() => burnThreshold(factor, objective)).toThrow(/not between 0 and 1/)
})
