import type { Metric } from '../metrics/define.ts'
import type { Sli, Where } from '../slis/define.ts'

/** `production` pages people; `drill` is the same rule with windows of seconds, for proofs. */
export const WINDOW_SETS = ['production', 'drill'] as const
export type WindowSet = (typeof WINDOW_SETS)[number]

/** A promise: `critical` pages now, `warning` is office-hours work. */
export type Severity = 'critical' | 'warning'

/** One rate alert's timing under one window set. All durations as Prometheus writes them. */
export interface RateWindow {
  /** The range of `rate()`. */
  window: string
  /** Events per second above which the alert fires. */
  above: number
  for: string
  keepFiringFor: string
}

interface AlertBase {
  /** CamelCase, at most 40 characters, starts with `Ws`; its runbook is `docs/runbooks/{name}.md`. */
  name: string
  /** One sentence without templates. */
  summary: string
  /** What users feel. May use `{{ $labels.job }}` and `{{ $value | humanize }}`. */
  description: string
  /** Title of the overview panel that shows it. */
  panel: string
}

/** Burns the error budget of an SLI too fast, in a long and a short window at once; pages and tickets. */
export interface BurnRateAlert extends AlertBase {
  kind: 'burn_rate'
  sli: Sli
}

/** More than so many events a second. */
export interface RateAlert extends AlertBase {
  kind: 'rate'
  severity: Severity
  metric: Metric
  /** The rates of these selections are added up. They must not overlap. */
  where: readonly Where[]
  /** And they must be more than this share of all events of the metric, 0 to 1. */
  minimumShare?: number
  windows: Readonly<Record<WindowSet, RateWindow>>
}

export type Alert = BurnRateAlert | RateAlert

export function defineBurnRateAlert(alert: Omit<BurnRateAlert, 'kind'>): BurnRateAlert {
  return { kind: 'burn_rate', ...alert }
}

export function defineRateAlert<const Label extends string>(
  alert: Omit<RateAlert, 'kind' | 'metric' | 'where'> & {
    metric: Metric<Label>
    where: readonly Where<Label>[]
  },
): RateAlert {
  return { kind: 'rate', ...alert } as RateAlert
}
