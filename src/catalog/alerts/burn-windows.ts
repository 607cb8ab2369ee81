import type { Severity, WindowSet } from './define.ts'

/** One pair of windows of a multi-window burn-rate alert. Durations as Prometheus writes them. */
export interface BurnWindow {
  severity: Severity
  long: string
  short: string
  /** How many times faster than the budget allows. */
  factor: number
  for: string
  keepFiringFor: string
}

/**
 * `production`: Google SRE workbook, "Alerting on SLOs", table 5-8 with the 1 d pair of its recommended set.
 * `drill`: seconds instead of hours; the pairs are not proportional to production's, the factors are the same.
 */
export const BURN_WINDOWS: Readonly<Record<WindowSet, readonly BurnWindow[]>> = {
  production: [
    { severity: 'critical', long: '1h', short: '5m', factor: 14.4, for: '0s', keepFiringFor: '5m' },
    { severity: 'critical', long: '6h', short: '30m', factor: 6, for: '0s', keepFiringFor: '5m' },
    { severity: 'warning', long: '1d', short: '2h', factor: 3, for: '0s', keepFiringFor: '15m' },
    { severity: 'warning', long: '3d', short: '6h', factor: 1, for: '0s', keepFiringFor: '15m' },
  ],
  drill: [
    { severity: 'critical', long: '60s', short: '10s', factor: 14.4, for: '2s', keepFiringFor: '5s' },
    { severity: 'warning', long: '120s', short: '20s', factor: 3, for: '2s', keepFiringFor: '5s' },
  ],
}

/** Events a second below which a ratio says nothing: a burn alert stays silent under it. */
export const TRAFFIC_FLOOR: Readonly<Record<WindowSet, number>> = { production: 0.02, drill: 0.2 }
