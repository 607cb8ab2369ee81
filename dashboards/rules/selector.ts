import type { Metric, Where } from '#catalog'

/** A PromQL selector, its labels in the order of the catalogue: `ws_sessions_total{verdict="bad"}`. */
export function selector(metric: Metric, where: Where = {}): string {
  const matchers = metric.labels.flatMap(label => {
    const value = where[label]
    return value === undefined ? [] : [`${label}=${JSON.stringify(value)}`]
  })
  return matchers.length > 0 ? `${metric.name}{${matchers.join(',')}}` : metric.name
}
