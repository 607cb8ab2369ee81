/** What Grafana puts in place of a board's variables. */
export interface Choice {
  /** Regular expressions, as Grafana makes them of what was chosen; everything when left away. */
  job?: string
  instance?: string
  route?: string
  /** Grafana's own: four scrapes, or more where a picture spans days. */
  rateInterval: string
}

const ALL = '.+'

/** A query of a board as Prometheus gets it. */
export function fillIn(
  expr: string,
  { job = ALL, instance = ALL, route = ALL, rateInterval }: Choice,
): string {
  // A function as replacement: `$` in a value means nothing.
  const put = (text: string, variable: string, value: string) => text.replaceAll(variable, () => value)
  return [
    ['$__rate_interval', rateInterval],
    ['$instance', quoted(instance)],
    ['$route', quoted(route)],
    ['$job', quoted(job)],
  ].reduce((text, [variable = '', value = '']) => put(text, variable, value), expr)
}

/** Within a string of PromQL. */
const quoted = (value: string) => JSON.stringify(value).slice(1, -1)

/** A label's value as a regular expression that matches it alone. */
export const exactly = (value: string) => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
