import type { Alert } from './alerts/define.ts'
import type { Selection } from './slis/define.ts'

/** One series, by what an alert may select it by. */
export interface Sample {
  metric: string
  labels: Readonly<Record<string, string>>
}

/** True when a selection takes this series in; of a histogram's parts it takes whatever part it is asked for. */
export function takes({ metric, where }: Selection, sample: Sample): boolean {
  return (
    metric.name === sample.metric &&
    Object.entries(where).every(([label, value]) => sample.labels[label] === value)
  )
}

/** How an alert on events counts one of them; nothing when it does not read that series. */
export function countsAs(alert: Alert, sample: Sample): 'bad' | 'good' | undefined {
  const isOne = (selections: readonly Selection[]) => selections.some(one => takes(one, sample))
  if (alert.kind === 'rate') {
    if (sample.metric !== alert.metric.name) return undefined
    return isOne(alert.where.map(where => ({ metric: alert.metric, where }))) ? 'bad' : 'good'
  }
  if (alert.kind !== 'burn_rate') return undefined
  const { bad, total } = alert.sli
  if ('good' in bad) {
    if (isOne(bad.good)) return 'good'
    return isOne(total) ? 'bad' : undefined
  }
  if (isOne(bad)) return 'bad'
  return isOne(total) ? 'good' : undefined
}

/** Names of the metrics that an alert reads, of a histogram without the suffix of its part. */
export function metricsOf(alert: Alert): string[] {
  switch (alert.kind) {
    case 'rate':
      return [alert.metric.name]
    case 'burn_rate': {
      const { bad, total } = alert.sli
      return [...new Set([...('good' in bad ? bad.good : bad), ...total].map(({ metric }) => metric.name))]
    }
    case 'level':
      return [
        'metric' in alert.gauge ? alert.gauge.metric.name : alert.gauge.processMetric,
        ...(alert.per ? [alert.per.metric.name] : []),
      ]
    case 'silence':
      return alert.of === 'traffic' ? ['ws_handshakes_total', 'ws_connections'] : ['ws_connections']
  }
}

/** The severity that wakes somebody: a burn alert has one for each pair of windows, and pages first. */
export const worstSeverity = (alert: Alert) => (alert.kind === 'burn_rate' ? 'critical' : alert.severity)
