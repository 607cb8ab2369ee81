import type { Metric } from '../metrics/define.ts'
import type { Selection, Sli, Where } from '../slis/define.ts'

/** `production` pages people; `drill` is the same rule with windows of seconds, for proofs. */
export const WINDOW_SETS = ['production', 'drill'] as const
export type WindowSet = (typeof WINDOW_SETS)[number]

/** The boards of `dashboards/boards`, in the order in which one opens them. */
export const BOARD_NAMES = [
  'overview',
  'handshakes',
  'sessions',
  'delivery',
  'reconnects',
  'broker',
  'process',
  'load-run',
  'proof',
] as const
export type BoardName = (typeof BOARD_NAMES)[number]

/** A promise: `critical` pages now, `warning` is office-hours work. */
export type Severity = 'critical' | 'warning'

/** How long the truth has to last. Durations as Prometheus writes them. */
interface Lasting {
  for: string
  keepFiringFor: string
}

/** One rate alert's timing under one window set. */
export interface RateWindow extends Lasting {
  /** The range of `rate()`. */
  window: string
  /** Events per second above which the alert fires. */
  above: number
}

/** One gauge alert's timing under one window set. */
export interface LevelWindow extends Lasting {
  /** The gauge is averaged over it; without one it is taken as it stands. */
  window?: string
  threshold: number
}

/** One silence alert's timing under one window set. */
export interface SilenceWindow extends Lasting {
  /** Nothing came for so long. */
  window: string
  /** There must have been something in this time before it. */
  before: string
  /** Events per second in that time under which a silence is nothing to talk about. */
  above: number
}

interface AlertBase {
  /** CamelCase, at most 40 characters, starts with `Ws`; its runbook is `docs/runbooks/{name}.md`. */
  name: string
  /** One sentence without templates. */
  summary: string
  /** What users feel. May use `{{ $labels.job }}` and `{{ $value | humanize }}`. */
  description: string
  /** Which board shows it, and the title of the panel there. */
  board: BoardName
  panel: string
  /** Longest time in drill windows from the start of the fault to the page, and from its end to the all-clear. */
  allowed: { detect: string; resolve: string }
  /** Alerts that this one explains: while it fires they send nothing (same job). */
  silences?: readonly string[] | 'all'
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

/** A gauge above or below a threshold, on the worst instance of a job. */
export interface LevelAlert extends AlertBase {
  kind: 'level'
  severity: Severity
  gauge: Selection | { processMetric: string }
  /** Divided by this gauge of the same instance, where that is set (above zero). */
  per?: Selection
  compare: '>' | '<'
  windows: Readonly<Record<WindowSet, LevelWindow>>
}

/** Something that used to come has stopped. */
export interface SilenceAlert extends AlertBase {
  kind: 'silence'
  severity: Severity
  /** `traffic`: the server is watched and nobody comes. `telemetry`: the server itself is not seen any more. */
  of: 'traffic' | 'telemetry'
  windows: Readonly<Record<WindowSet, SilenceWindow>>
}

export type Alert = BurnRateAlert | RateAlert | LevelAlert | SilenceAlert

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

export function defineLevelAlert(alert: Omit<LevelAlert, 'kind'>): LevelAlert {
  return { kind: 'level', ...alert }
}

export function defineSilenceAlert(alert: Omit<SilenceAlert, 'kind'>): SilenceAlert {
  return { kind: 'silence', ...alert }
}
