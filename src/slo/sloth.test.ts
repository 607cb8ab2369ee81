import { expect, test } from 'vitest'
import { burnRateRules } from './burn-rate.ts'
import { BURN_WINDOWS, type BurnPair, burnFactor } from './windows.ts'

/**
 * What Sloth 0.16 (github.com/slok/sloth) gives for an objective, written out by hand from its published examples:
 * examples/_gen/getting-started.yml and home-wifi.yml (30 days; 99.9 and 95 %), examples/windows/7d.yaml with the
 * rules that its own test expects of it (7 days; 99.9 %). Sloth writes both pairs of a severity into one alert,
 * joined by `or`; ours are two alerts of one name.
 */
interface Golden {
  objective: number
  period: string
  /** In Sloth's order: page quick, page slow, ticket quick, ticket slow. */
  pairs: readonly {
    severity: 'page' | 'ticket'
    budgetPercent: number
    short: string
    long: string
    factor: number
    threshold: number
  }[]
  /** Windows of its `slo:sli_error:ratio_rate…`, the period's last. */
  recorded: readonly string[]
}

const RECORDED = ['5m', '30m', '1h', '2h', '6h', '1d', '3d']
const GOLDEN: readonly Golden[] = [
  {
    objective: 0.999,
    period: '30d',
    pairs: [
      { severity: 'page', budgetPercent: 2, short: '5m', long: '1h', factor: 14.4, threshold: 0.0144 },
      { severity: 'page', budgetPercent: 5, short: '30m', long: '6h', factor: 6, threshold: 0.006 },
      { severity: 'ticket', budgetPercent: 10, short: '2h', long: '1d', factor: 3, threshold: 0.003 },
      { severity: 'ticket', budgetPercent: 10, short: '6h', long: '3d', factor: 1, threshold: 0.001 },
    ],
    recorded: [...RECORDED, '30d'],
  },
  {
    objective: 0.95,
    period: '30d',
    pairs: [
      { severity: 'page', budgetPercent: 2, short: '5m', long: '1h', factor: 14.4, threshold: 0.72 },
      { severity: 'page', budgetPercent: 5, short: '30m', long: '6h', factor: 6, threshold: 0.3 },
      { severity: 'ticket', budgetPercent: 10, short: '2h', long: '1d', factor: 3, threshold: 0.15 },
      { severity: 'ticket', budgetPercent: 10, short: '6h', long: '3d', factor: 1, threshold: 0.05 },
    ],
    recorded: [...RECORDED, '30d'],
  },
  {
    objective: 0.999,
    period: '7d',
    pairs: [
      { severity: 'page', budgetPercent: 8, short: '5m', long: '1h', factor: 13.44, threshold: 0.01344 },
      { severity: 'page', budgetPercent: 12.5, short: '30m', long: '6h', factor: 3.5, threshold: 0.0035 },
      { severity: 'ticket', budgetPercent: 20, short: '2h', long: '1d', factor: 1.4, threshold: 0.0014 },
      { severity: 'ticket', budgetPercent: 42, short: '6h', long: '3d', factor: 0.98, threshold: 0.00098 },
    ],
    recorded: [...RECORDED, '7d'],
  },
]

const SEVERITY = { page: 'critical', ticket: 'warning' } as const

test.each(GOLDEN)('an objective of $objective over $period gives the rules that Sloth gives', golden => {
  const pairs = golden.pairs.map(({ severity, budgetPercent, short, long }): BurnPair => {
    const factor = burnFactor(budgetPercent / 100, golden.period, long)
    return { severity: SEVERITY[severity], short, long, factor, for: '0s', keepFiringFor: '5m' }
  })
  const { recording, alerts } = burnRateRules({
    name: 'session',
    bad: 'ws_sessions_total{verdict="bad"}',
    total: 'ws_sessions_total',
    objective: golden.objective,
    period: golden.period,
    pairs,
    trafficFloor: 0,
  })
  expect(
    alerts.map(({ severity, short, long, factor, threshold }) => [severity, short, long, factor, threshold]),
  ).toEqual(
    golden.pairs.map(({ severity, short, long, factor, threshold }) => [
      SEVERITY[severity],
      short,
      long,
      factor,
      threshold,
    ]),
  )
  for (const { expr, short, long, threshold } of alerts) {
    expect(expr).toContain(`errors:ratio_rate${long} > ${threshold}`)
    expect(expr).toContain(`and job:ws_session_errors:ratio_rate${short} > ${threshold}`)
  }
  expect(
    recording.flatMap(({ record }) => record.match(/^job:ws_session_errors:ratio_rate(\w+)$/)?.[1] ?? []),
  ).toEqual(golden.recorded)
})

test('the windows for production are those of 30 days', () => {
  const [golden] = GOLDEN
  expect(
    BURN_WINDOWS.production.map(({ severity, short, long, factor }) => [severity, short, long, factor]),
  ).toEqual(
    golden?.pairs.map(({ severity, short, long, factor }) => [SEVERITY[severity], short, long, factor]),
  )
})

test.each([
  [0, '30d', '1h'],
  [1.5, '30d', '1h'],
  [0.1, '1h', '30d'],
  [Number.NaN, '30d', '1h'],
])('a budget share of %d of %s in %s is refused', (share, period, window) => {
  expect(() => burnFactor(share, period, window)).toThrow(/no window/)
})
