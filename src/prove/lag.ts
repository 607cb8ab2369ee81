import type { Notification, PrometheusClient, WebhookReceiver } from '#run'
import { PROOF_INTERVALS } from './expectations.ts'

/** A run in which anything that measures was later than this proves nothing. */
const LAG_LIMIT_SECONDS = 1

/**
 * Says how far the scrapes and rule evaluations of one job lagged behind their interval: the widest gap
 * between two raw samples, less the interval. One sentence for each that is over the limit. Of a server that is taken
 * away on purpose, scrapes may fail.
 */
export async function lagProblems(
  prometheus: PrometheusClient,
  job: string,
  span: { from: number; to: number },
  intervalSeconds: number,
  { mayBeDown = false }: { mayBeDown?: boolean } = {},
): Promise<string[]> {
  const range = `[${Math.ceil((span.to - span.from) / 1_000)}s]`
  const [scrapes, evaluations] = await Promise.all([
    prometheus.query(`up{job="${job}"}${range}`, span.to),
    prometheus.query(`{__name__=~"job:.+:rate.+",job="${job}"}${range}`, span.to),
  ])
  const problems: string[] = []
  const failed = scrapes.flatMap(({ points }) => points).filter(([, up]) => up === 0).length
  if (failed > 0 && !mayBeDown) problems.push(`${failed} scrapes of the server failed`)
  const longest = evaluations.toSorted((a, b) => b.points.length - a.points.length).slice(0, 1)
  // Several servers of a job are scraped one by one, each at its own times.
  for (const [what, series] of [['scrapes', scrapes] as const, ['rule evaluations', longest] as const]) {
    const gaps = series.map(({ points }) => widestGapSeconds(points.map(([time]) => time)))
    const lag = Math.max(0, ...gaps) - intervalSeconds
    if (series.every(({ points }) => points.length < 2)) problems.push(`no ${what} were recorded`)
    else if (lag > LAG_LIMIT_SECONDS) problems.push(`${what} lagged by ${lag.toFixed(1)} s`)
  }
  return problems
}

/**
 * Says which notifications of one job reached the webhook late: after the rule fired, or ceased to, by more than
 * Alertmanager's group interval and the limit. Such a time is that of a busy machine, not of the alert.
 */
export async function notificationLagProblems(
  prometheus: PrometheusClient,
  job: string,
  span: { from: number; to: number },
  notifications: readonly Notification[],
): Promise<string[]> {
  const range = `[${Math.ceil((span.to - span.from) / 1_000)}s]`
  const series = await prometheus.query(`ALERTS{job="${job}",alertstate="firing"}${range}`, span.to)
  return series.flatMap(({ labels, points }) => {
    const own = notifications.filter(
      ({ alert, severity }) => alert === labels.alertname && severity === labels.severity,
    )
    const [first] = points[0] ?? []
    const [last] = points.at(-1) ?? []
    const firing = own.find(({ status }) => status === 'firing')
    const resolved = own.findLast(({ status }) => status === 'resolved')
    // The sample after the last one is where it ceased to fire; of one that fires to the end nobody knows when that was.
    const ceased = last === undefined ? undefined : last + PROOF_INTERVALS.evaluation * 1_000
    const isOver = ceased !== undefined && ceased + LAG_LIMIT_SECONDS * 1_000 <= span.to
    const late = (what: string, received: number | undefined, due: number | undefined) => {
      const lag = ((received ?? 0) - (due ?? 0)) / 1_000 - PROOF_INTERVALS.notify
      if (received === undefined || due === undefined || lag <= LAG_LIMIT_SECONDS) return []
      return [
        `${labels.alertname} (${labels.severity}): its ${what} notification lagged by ${lag.toFixed(1)} s`,
      ]
    }
    return [
      ...late('firing', firing?.receivedAt, first),
      ...late('resolved', resolved?.receivedAt, isOver ? ceased : undefined),
    ]
  })
}

/** Says how many notifications could not be read: an alert that seems not to have fired may be among them. */
export function unreadProblems({ rejected }: Pick<WebhookReceiver, 'rejected'>): string[] {
  const count = rejected()
  return count === 0 ? [] : [`${count} notifications could not be read: is Alertmanager 0.25 or later?`]
}

/** Seconds between the two neighbours that lie furthest apart; 0 for fewer than two times (milliseconds). */
export function widestGapSeconds(timesMs: readonly number[]): number {
  let widest = 0
  for (const [index, time] of timesMs.entries()) {
    const before = timesMs[index - 1]
    if (before !== undefined) widest = Math.max(widest, time - before)
  }
  return widest / 1_000
}
