import { type Alert, countsAs, type Metric, type Selection } from '#catalog'
import type { AlertRule } from '#dashboards'

/** Good events a second, before, during and after a fault. */
export const GOOD = 10

/** What one series does in a story: a counter's growth a second, a gauge's value; `undefined` is no sample at all. */
export interface StorySeries {
  name: string
  labels: Readonly<Record<string, string>>
  counter: boolean
  quiet: number | undefined
  fault: number | undefined
}

const JOB = { job: 'web', instance: 'a' }

/** The series that a rule reads, with `bad` events a second (or, of a gauge, the value `bad`) in the fault. */
export function seriesFor(rule: AlertRule, bad: number): StorySeries[] {
  const { source } = rule
  switch (source.kind) {
    case 'burn_rate':
      return 'good' in source.sli.bad
        ? histogramSeries(source.sli.total, source.sli.bad.good, bad)
        : eventSeries(source, bad)
    case 'rate':
      return eventSeries(source, bad)
    case 'level':
      return levelSeries(rule, bad)
    case 'silence':
      return silenceSeries(rule)
  }
}

/** A real target has every label set from its start, at zero; one bad and one good one move. */
function eventSeries(source: Extract<Alert, { kind: 'burn_rate' | 'rate' }>, bad: number): StorySeries[] {
  const metrics: Metric[] =
    source.kind === 'rate'
      ? [source.metric]
      : [
          ...new Set(
            [...(source.sli.bad as readonly Selection[]), ...source.sli.total].map(({ metric }) => metric),
          ),
        ]
  const all = metrics.flatMap(({ name, tuples }) => tuples.map(labels => ({ name, labels })))
  const first = (wanted: 'bad' | 'good') =>
    all.findIndex(({ name, labels }) => countsAs(source, { metric: name, labels }) === wanted)
  const badAt = first('bad')
  const goodAt = first('good')
  return all.map(({ name, labels }, index) => ({
    name,
    labels: { ...JOB, ...labels },
    counter: true,
    quiet: index === goodAt ? GOOD : 0,
    fault: index === badAt ? bad : index === goodAt ? GOOD : 0,
  }))
}

/** A slow observation is in the count and in no bucket of the objective. */
function histogramSeries(
  total: readonly Selection[],
  good: readonly Selection[],
  bad: number,
): StorySeries[] {
  return [...total, ...good].map(({ metric, part }) => ({
    name: part === 'count' ? `${metric.name}_count` : `${metric.name}_bucket`,
    labels: { ...JOB, ...(typeof part === 'object' ? { le: part.le } : {}) },
    counter: true,
    quiet: GOOD,
    fault: part === 'count' ? GOOD + bad : GOOD,
  }))
}

/** Connections of a full server, where a gauge is a share. */
const LIMIT = 100

function levelSeries({ source, condition }: AlertRule, bad: number): StorySeries[] {
  if (source.kind !== 'level' || condition.kind !== 'level') throw new TypeError('not a gauge')
  const { gauge, per } = source
  const quiet = condition.compare === '<' ? condition.threshold : 0
  const scale = per ? LIMIT : 1
  const own =
    'metric' in gauge
      ? { name: gauge.metric.name, where: gauge.where }
      : { name: gauge.processMetric, where: {} }
  return [
    {
      name: own.name,
      labels: { ...JOB, ...own.where } as Record<string, string>,
      counter: false,
      quiet: quiet * scale,
      fault: bad * scale,
    },
    ...(per ? [{ name: per.metric.name, labels: JOB, counter: false, quiet: LIMIT, fault: LIMIT }] : []),
  ]
}

function silenceSeries({ source, labels }: AlertRule): StorySeries[] {
  if (source.kind !== 'silence') throw new TypeError('not a silence')
  const open = { name: 'ws_connections', counter: false }
  const state = { state: 'open' }
  if (source.of === 'traffic') {
    const route = { route: '/api/v1/ws/{taskId}', outcome: 'accepted', status: '101', reason: 'ok' }
    return [
      { name: 'ws_handshakes_total', labels: { ...JOB, ...route }, counter: true, quiet: GOOD, fault: 0 },
      { ...open, labels: { ...JOB, ...state }, quiet: 5, fault: 0 },
    ]
  }
  const other = { job: 'web', instance: 'b' }
  const gone: StorySeries[] = [
    { ...open, labels: { ...JOB, ...state }, quiet: 5, fault: undefined },
    { name: 'up', labels: JOB, counter: false, quiet: 1, fault: 0 },
  ]
  if (labels.scope === 'job') return gone
  return [
    ...gone,
    { ...open, labels: { ...other, ...state }, quiet: 5, fault: 5 },
    { name: 'up', labels: other, counter: false, quiet: 1, fault: 1 },
  ]
}
