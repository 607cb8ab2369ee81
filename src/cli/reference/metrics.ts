import {
  ALERTS,
  EACH_ROUTE,
  METRICS,
  type Metric,
  metricsOf,
  RUNTIME_METRICS,
  SLIS,
  type Sli,
} from '#catalog'
import type { GeneratedFile } from '#dashboards'
import { code, linkTo, page, table } from './page.ts'

const metrics: readonly Metric[] = Object.values(METRICS) as readonly unknown[] as readonly Metric[]

/** One page for each metric, and their list. */
export function metricPages(): GeneratedFile[] {
  return [
    page('metrics/README.md', 'Metrics', [
      'What `petrel/instrument` measures. Labels take values from closed sets alone: nothing that a peer sends can grow them, and every combination exists from start-up at zero.',
      table([
        ['metric', 'type', 'what it counts'],
        ...metrics.map(({ name, type, help }) => [`[${code(name)}](${name}.md)`, type, help]),
      ]),
      '## The process',
      `What the reference server has beside them, from prom-client's default collectors on Linux; a server of yours has it when it calls ${code('collectDefaultMetrics')}.`,
      table([
        ['metric', 'type', 'what it says'],
        ...RUNTIME_METRICS.map(({ name, type, help }) => [code(name), type, help]),
      ]),
      '## Exemplars',
      `Who asks with ${code('Accept: application/openmetrics-text')}, as Prometheus does, gets OpenMetrics. While traces are exported, each bucket of a histogram then names a trace that fell into it, by ${code('trace_id')} and ${code('span_id')}; Prometheus keeps them with ${code('--enable-feature=exemplar-storage')}.`,
    ]),
    ...metrics.map(metricPage),
  ]
}

function metricPage(metric: Metric): GeneratedFile {
  const path = `metrics/${metric.name}.md`
  const { labels, tuples, buckets } = metric
  const readers = ALERTS.filter(alert => metricsOf(alert).includes(metric.name))
  const reads = ({ bad, total }: Sli) => [...('good' in bad ? bad.good : bad), ...total]
  const slis = SLIS.filter(sli => reads(sli).some(selection => selection.metric.name === metric.name))
  return page(path, code(metric.name), [
    metric.help,
    `A ${metric.type}${labels.length > 0 ? ` with the labels ${labels.map(code).join(', ')}` : ' without labels'}.`,
    ...(labels.length > 0 && tuples.length > 0
      ? [
          'These combinations exist, and no others:',
          table([[...labels], ...tuples.map(tuple => labels.map(label => code(tuple[label] ?? '')))]),
        ]
      : []),
    ...(labels.includes('route')
      ? [`${code(EACH_ROUTE)} stands for each route template that the server's owner attached.`]
      : []),
    ...(buckets ? [`Buckets end at ${buckets.join(', ')}.`] : []),
    ...slis.map(
      ({ name, summary, objective, objectiveWindow }) =>
        `The ${name} SLI reads it: ${summary} The objective is ${objective * 100} % over ${objectiveWindow}.`,
    ),
    ...(readers.length > 0
      ? [
          `Alerts on it: ${readers.map(({ name }) => linkTo(name, path, `docs/runbooks/${name}.md`)).join(', ')}.`,
        ]
      : []),
  ])
}
