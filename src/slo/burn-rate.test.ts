import { expect, test } from 'vitest'
import { burnRateRules, burnThreshold } from './burn-rate.ts'

const pair = { severity: 'critical', long: '1h', short: '5m', factor: 14.4, for: '0s', keepFiringFor: '5m' }
const input = {
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
