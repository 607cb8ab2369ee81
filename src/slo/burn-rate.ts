import { PetrelError } from '#core'

/** One pair of windows: the alert fires when both burn faster than `factor`. Durations as Prometheus writes them. */
export interface BurnPair {
  severity: string
  long: string
  short: string
  factor: number
  for: string
  keepFiringFor: string
}

export interface BurnRateInput {
  /** Part of rule names: `session` gives `job:ws_session_errors:ratio_rate5m`. */
  name: string
  /** Selects the counter of bad events, as `ws_sessions_total{verdict="bad"}`. */
  bad: string
  /** Selects all events. */
  total: string
  /** Share of good events to reach, between 0 and 1. */
  objective: number
  pairs: readonly BurnPair[]
  /** Events a second below which the alert stays silent. */
  trafficFloor: number
}

export interface RecordingRule {
  record: string
  expr: string
}

export interface BurnRateAlertRule extends BurnPair {
  /** Share of bad events above which a window burns too fast: factor × (1 − objective). */
  threshold: number
  expr: string
}

/**
 * Multi-window burn-rate rules for one objective, aggregated by `job`
 * (Google SRE workbook, "Alerting on SLOs", approach 6).
 * @throws PetrelError `slo_impossible` when the objective is no share, or an alert could never fire.
 */
export function burnRateRules(input: BurnRateInput): {
  recording: RecordingRule[]
  alerts: BurnRateAlertRule[]
} {
  const { name, bad, total, pairs, trafficFloor } = input
  const windows = [...new Set(pairs.flatMap(({ short, long }) => [short, long]))]
  const ratio = (window: string) => `job:ws_${name}_errors:ratio_rate${window}`
  const events = (window: string) => `job:ws_${name}_events:rate${window}`
  const recording = windows.flatMap(window => [
    { record: events(window), expr: `sum by (job) (rate(${total}[${window}]))` },
    {
      record: ratio(window),
      expr: `sum by (job) (rate(${bad}[${window}])) / sum by (job) (rate(${total}[${window}]))`,
    },
  ])
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
      `factor ${factor} × budget ${1 - objective} is not between 0 and 1`,
      {
        hint: 'the alert could never fire: take a smaller factor or a higher objective',
      },
    )
  }
  return threshold
}
