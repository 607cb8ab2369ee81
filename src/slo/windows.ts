import { PetrelError, parseDuration } from '#core'

/** `critical` pages now, `warning` is office-hours work. */
export type BurnSeverity = 'critical' | 'warning'

/** One pair of windows: the alert fires when both burn faster than `factor`. Durations as Prometheus writes them. */
export interface BurnPair {
  severity: BurnSeverity
  long: string
  short: string
  /** How many times faster than the budget allows. */
  factor: number
  for: string
  keepFiringFor: string
}

/**
 * The factor at which `budgetShare` of the budget of `period` is gone within `window`: share × period ÷ window.
 * 2 % of 30 days in 1 h is 14.4 (Google SRE workbook, "Alerting on SLOs", recommended parameters).
 * @throws PetrelError `slo_impossible` when the share is none, or the window is longer than the period.
 */
export function burnFactor(budgetShare: number, period: string, window: string): number {
  const ratio = parseDuration(period) / parseDuration(window)
  if (!(budgetShare > 0 && budgetShare <= 1 && ratio >= 1 && Number.isFinite(ratio))) {
    throw new PetrelError('slo_impossible', `no window of ${window} spends ${budgetShare} of ${period}`, {
      hint: 'write a share between 0 and 1, and a window within the period',
    })
  }
  return Number((budgetShare * ratio).toPrecision(10))
}

const PERIOD = '30d'

/**
 * `production`: the workbook's windows for 30 days, 2 % in 1 h, 5 % in 6 h, 10 % in 1 d and in 3 d.
 * `drill`: seconds instead of hours, for proofs; the pairs are not proportional to production's, the factors are
 * two of the same.
 */
export const BURN_WINDOWS: Readonly<Record<'production' | 'drill', readonly BurnPair[]>> = {
  production: [
    pair('critical', '1h', '5m', burnFactor(0.02, PERIOD, '1h'), '0s', '5m'),
    pair('critical', '6h', '30m', burnFactor(0.05, PERIOD, '6h'), '0s', '5m'),
    pair('warning', '1d', '2h', burnFactor(0.1, PERIOD, '1d'), '0s', '15m'),
    pair('warning', '3d', '6h', burnFactor(0.1, PERIOD, '3d'), '0s', '15m'),
  ],
  drill: [pair('critical', '60s', '10s', 14.4, '2s', '5s'), pair('warning', '120s', '20s', 3, '2s', '5s')],
}

/** Events a second below which a ratio says nothing: a burn alert stays silent under it. */
export const TRAFFIC_FLOOR = { production: 0.02, drill: 0.2 } as const

function pair(
  severity: BurnSeverity,
  long: string,
  short: string,
  factor: number,
  lasting: string,
  keepFiringFor: string,
): BurnPair {
  return { severity, long, short, factor, for: lasting, keepFiringFor }
}
