import {
  ALERTS,
  type Alert,
  BURN_WINDOWS,
  type RateAlert,
  type Severity,
  SLIS,
  type Sli,
  TRAFFIC_FLOOR,
  type WindowSet,
} from '#catalog'
import { parseDuration } from '#core'
import { burnRateRules, type Condition, type RecordingRule } from '#slo'
import { panelUrl, runbookUrl } from '../links.ts'
import { selector } from './selector.ts'

/** One alerting rule of one window set: what Prometheus evaluates, and what a prediction needs. */
export interface AlertRule {
  alert: string
  severity: Severity
  expr: string
  for: string
  keepFiringFor: string
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  condition: Condition
  /** What it reads, so that traffic can be counted for a prediction. */
  source: Alert
}

const seconds = (duration: string) => parseDuration(duration) / 1_000

const sliRules = (sli: Sli, set: WindowSet) =>
  burnRateRules({
    name: sli.name,
    bad: selector(sli.metric, sli.bad),
    total: selector(sli.metric),
    objective: sli.objective,
    pairs: BURN_WINDOWS[set],
    trafficFloor: TRAFFIC_FLOOR[set],
  })

/** Recording rules of every SLI. */
export function recordingRules(set: WindowSet): RecordingRule[] {
  return SLIS.flatMap(sli => sliRules(sli, set).recording)
}

/** Alerting rules of every alert, in the catalogue's order; a burn alert has one for each pair of windows. */
export function alertRules(set: WindowSet): AlertRule[] {
  return ALERTS.flatMap(source =>
    source.kind === 'burn_rate' ? burnRules(source, set) : [rateRule(source, set)],
  )
}

function burnRules(source: Extract<Alert, { kind: 'burn_rate' }>, set: WindowSet): AlertRule[] {
  return sliRules(source.sli, set).alerts.map((rule, index) => {
    const severity = BURN_WINDOWS[set][index]?.severity ?? 'critical'
    return {
      alert: source.name,
      severity,
      expr: rule.expr,
      for: rule.for,
      keepFiringFor: rule.keepFiringFor,
      labels: { severity, component: 'stream', window: rule.long },
      annotations: annotations(source),
      condition: {
        kind: 'burn',
        long: seconds(rule.long),
        short: seconds(rule.short),
        threshold: rule.threshold,
        trafficFloor: TRAFFIC_FLOOR[set],
      },
      source,
    }
  })
}

function rateRule(source: RateAlert, set: WindowSet): AlertRule {
  const { window, above, ...timing } = source.windows[set]
  const rate = (part: string) => `sum by (job) (rate(${part}[${window}]))`
  const sum = source.where.map(where => rate(selector(source.metric, where))).join('\n  + ')
  const bad = source.where.length > 1 ? `(\n  ${sum}\n)` : sum
  const share = source.minimumShare
  const expr =
    share === undefined
      ? `${bad} > ${above}`
      : `${bad} > ${above}\nand ${bad} > ${share} * ${rate(selector(source.metric))}`
  return {
    alert: source.name,
    severity: source.severity,
    expr,
    for: timing.for,
    keepFiringFor: timing.keepFiringFor,
    labels: { severity: source.severity, component: 'stream' },
    annotations: annotations(source),
    condition: {
      kind: 'rate',
      window: seconds(window),
      above,
      ...(share === undefined ? {} : { minimumShare: share }),
    },
    source,
  }
}

function annotations({ name, summary, description, panel }: Alert): Record<string, string> {
  return { summary, description, runbook_url: runbookUrl(name), dashboard_url: panelUrl(panel) }
}
