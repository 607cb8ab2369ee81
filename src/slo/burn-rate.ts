import { PetrelError, parseDuration } from '#core'
import type { BurnPair } from './windows.ts'

/** Counters whose rates are added up, and those that are taken off again. */
export interface EventSum {
  /** Selectors, as `ws_sessions_total{verdict="bad"}`. */
  plus: readonly string[]
  /** Of a histogram: all events less those in the bucket of the objective are the slow ones. */
  minus?: readonly string[]
}

export interface BurnRateInput {
  /** Part of rule names: `session` gives `job:ws_session_errors:ratio_rate5m`. */
  name: string
  /** Counts bad events; a selector, or several. */
  bad: string | EventSum
  /** Counts all events. */
  total: string | EventSum
  /** Share of good events to reach, between 0 and 1. */
  objective: number
  pairs: readonly BurnPair[]
  /** Events a second below which the alert stays silent. */
  trafficFloor: number
  /** Over which the objective holds, as `30d`; its ratio is recorded too, for what is left of the budget. */
  period?: string
}

export interface RecordingRule {
  record: string
  expr: string
  /** It needs no more than one evaluation in this time. */
  every?: string
}

export interface BurnRateAlertRule extends BurnPair {
  /** Share of bad events above which a window burns too fast: factor × (1 − objective). */
  threshold: number
  expr: string
}

export interface BurnRateRules {
  recording: RecordingRule[]
  alerts: BurnRateAlertRule[]
}

/**
 * Windows longer than this are averaged from what the shortest window records. Read from the counters, one
 * evaluation of 6 h over ten instances walks through a million samples; averaged, through one series for each job.
 */
const LONGEST_RAW_WINDOW = '5m'
/**
 * Windows longer than this are averaged from one sample in two minutes: of a month that is 21,600 and not 172,800.
 * Still more often than Prometheus forgets a sample (5 m).
 */
const LONGEST_DENSE_WINDOW = '6h'
export const SPARSE_EVERY = '2m'

/**
 * Multi-window burn-rate rules for one objective, aggregated by `job` (Google SRE workbook, "Alerting on SLOs",
 * approach 6). The shortest window is recorded first: the others may be made of it.
 * @throws PetrelError `slo_impossible` when the objective is no share, or an alert could never fire.
 */
export function burnRateRules(input: BurnRateInput): BurnRateRules {
  const { name, pairs, trafficFloor, period } = input
  const length = (window: string) => parseDuration(window)
  const windows = [...new Set(pairs.flatMap(({ short, long }) => [short, long]))].toSorted(
    (a, b) => length(a) - length(b),
  )
  const [shortest = ''] = windows
  const events = (window: string) => `job:ws_${name}_events:rate${window}`
  const ratio = (window: string) => `job:ws_${name}_errors:ratio_rate${window}`
  const errors = `job:ws_${name}_errors:rate${shortest}`
  const sparse = (what: 'events' | 'errors') => `job:ws_${name}_sparse_${what}:rate${shortest}`
  const isAveraged = (window: string) => length(window) > length(LONGEST_RAW_WINDOW) && window !== shortest
  // Of a shortest window of seconds a sample in minutes would leave most out.
  const isSparse = (window: string) =>
    length(window) > length(LONGEST_DENSE_WINDOW) && length(shortest) >= length(SPARSE_EVERY)
  const averaged = (dense: string, what: 'events' | 'errors', window: string) =>
    `avg_over_time(${isSparse(window) ? sparse(what) : dense}[${window}])`
  const eventsIn = (window: string) =>
    isAveraged(window) ? averaged(events(shortest), 'events', window) : rateOf(input.total, window)
  const errorsIn = (window: string) =>
    isAveraged(window) ? averaged(errors, 'errors', window) : rateOf(input.bad, window)
  const paced = (window: string) => (isSparse(window) ? { every: SPARSE_EVERY } : {})
  const isLong = (window: string) => pairs.some(({ long }) => long === window)
  const [first, ...others] = windows
  const recording: RecordingRule[] = first
    ? [
        { record: events(first), expr: eventsIn(first) },
        { record: errors, expr: errorsIn(first) },
        { record: ratio(first), expr: `${errors} / ${events(first)}` },
      ]
    : []
  if ([...others, ...(period ? [period] : [])].some(isSparse)) {
    recording.push(
      { record: sparse('events'), expr: events(shortest), every: SPARSE_EVERY },
      { record: sparse('errors'), expr: errors, every: SPARSE_EVERY },
    )
  }
  for (const window of others) {
    // Of a short window only the ratio is asked for, of a long one its traffic too.
    if (isLong(window)) recording.push({ record: events(window), expr: eventsIn(window), ...paced(window) })
    const all = isLong(window) ? events(window) : eventsIn(window)
    recording.push({
      record: ratio(window),
      expr: `${grouped(errorsIn(window))} / ${grouped(all)}`,
      ...paced(window),
    })
  }
  if (period && !windows.includes(period)) {
    recording.push({
      record: ratio(period),
      expr: `${errorsIn(period)} / ${eventsIn(period)}`,
      ...paced(period),
    })
  }
  const alerts = pairs.map(pair => {
    const threshold = burnThreshold(pair.factor, input.objective)
    const expr = [
      `${ratio(pair.long)} > ${threshold}`,
      `and ${ratio(pair.short)} > ${threshold}`,
      `and ${events(pair.long)} > ${trafficFloor}`,
    ].join('\n')
    return { ...pair, threshold, expr }
  })
  return { recording, alerts }
}

/** A sum has to be grouped before it is divided. */
const grouped = (expr: string) => (/ [+-] /.test(expr) && !expr.startsWith('clamp_min(') ? `(${expr})` : expr)

/** Events a second of each job. A slow histogram may lag behind itself by a scrape: never below nothing. */
function rateOf(sum: string | EventSum, window: string): string {
  const { plus, minus = [] } = typeof sum === 'string' ? { plus: [sum] } : sum
  const rate = (selector: string) => `sum by (job) (rate(${selector}[${window}]))`
  const added = plus.map(rate).join(' + ')
  if (minus.length === 0) return added
  return `clamp_min(${[added, ...minus.map(rate)].join(' - ')}, 0)`
}

/**
 * The share of bad events at which the budget burns `factor` times too fast.
 * @throws PetrelError `slo_impossible` when no share can be above it: such an alert never fires.
 */
export function burnThreshold(factor: number, objective: number): number {
  if (!(objective > 0 && objective < 1)) {
    throw new PetrelError('slo_impossible', `the objective ${objective} is not between 0 and 1`, {
      hint: 'write a share: 0.995 for 99.5 %',
    })
  }
  const threshold = Number((factor * (1 - objective)).toPrecision(10))
  if (!(factor > 0 && threshold < 1)) {
    throw new PetrelError(
      'slo_impossible',
      `factor ${factor} × budget ${Number((1 - objective).toPrecision(6))} is not between 0 and 1`,
      { hint: 'the alert could never fire: take a smaller factor or a higher objective' },
    )
  }
  return threshold
}
