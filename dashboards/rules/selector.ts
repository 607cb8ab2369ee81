import type { Metric, Selection, Where } from '#catalog'

/** A PromQL selector, its labels in the order of the catalogue: `ws_sessions_total{verdict="bad"}`. */
export function selector(
  metric: Pick<Metric, 'name' | 'labels'>,
  where: Where = {},
  extra: Readonly<Record<string, string>> = {},
): string {
  const own = metric.labels.flatMap(label => {
    const value = where[label]
    return value === undefined ? [] : [`${label}=${JSON.stringify(value)}`]
  })
  const matchers = [
    ...own,
    ...Object.entries(extra).map(([label, value]) => `${label}=${JSON.stringify(value)}`),
  ]
  return matchers.length > 0 ? `${metric.name}{${matchers.join(',')}}` : metric.name
}

/** The selector of a counter, or of one part of a histogram. */
export function selectionOf(
  { metric, where, part }: Selection,
  extra: Readonly<Record<string, string>> = {},
): string {
  if (part === undefined) return selector(metric, where, extra)
  if (part === 'count') return selector({ ...metric, name: `${metric.name}_count` }, where, extra)
  const bucket = { name: `${metric.name}_bucket`, labels: [...metric.labels, 'le'] }
  return selector(bucket, { ...where, le: part.le }, extra)
}
