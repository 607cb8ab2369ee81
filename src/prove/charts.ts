import type { PrometheusClient } from '#run'
import type { Chart } from './result.ts'

interface ChartQuery {
  title: string
  unit: string
  /** Name of the series → PromQL; `$job` is the replay's job. */
  series: Readonly<Record<string, string>>
}

/** What a replay's charts show, in the order of triage. */
const CHARTS: readonly ChartQuery[] = [
  {
    title: 'Handshakes',
    unit: 'per second',
    series: {
      accepted: 'sum(rate(ws_handshakes_total{job="$job",outcome="accepted"}[5s]))',
      refused: 'sum(rate(ws_handshakes_total{job="$job",outcome="refused"}[5s]))',
    },
  },
  {
    title: 'Sessions',
    unit: 'per second',
    series: {
      good: 'sum(rate(ws_sessions_total{job="$job",verdict="good"}[5s]))',
      bad: 'sum(rate(ws_sessions_total{job="$job",verdict="bad"}[5s]))',
    },
  },
  {
    title: 'Error share, 10 s',
    unit: 'share',
    series: {
      handshakes:
        'sum(rate(ws_handshakes_total{job="$job",outcome="refused"}[10s])) / sum(rate(ws_handshakes_total{job="$job"}[10s]))',
      sessions:
        'sum(rate(ws_sessions_total{job="$job",verdict="bad"}[10s])) / sum(rate(ws_sessions_total{job="$job"}[10s]))',
    },
  },
  {
    title: 'Sends after close',
    unit: 'per second',
    series: {
      'first (a race)': 'sum(rate(ws_send_after_close_total{job="$job",repeat="first"}[5s]))',
      'again (a bug)': 'sum(rate(ws_send_after_close_total{job="$job",repeat="again"}[5s]))',
    },
  },
]

const STEP_MS = 1_000

/** Draws every chart of one replay from the run's Prometheus, a point each second; where it has none there is a gap. */
export function readCharts(
  prometheus: PrometheusClient,
  job: string,
  { from, to }: { from: number; to: number },
): Promise<Chart[]> {
  const times = Array.from(
    { length: Math.floor((to - from) / STEP_MS) + 1 },
    (_, step) => from + step * STEP_MS,
  )
  return Promise.all(
    CHARTS.map(async ({ title, unit, series }) => ({
      title,
      unit,
      series: await Promise.all(
        Object.entries(series).map(async ([name, expression]) => {
          const answer = await prometheus.range(expression.replaceAll('$job', job), from, to, STEP_MS)
          const values = new Map(answer[0]?.points)
          const points = times.map((time): [number, number | null] => {
            const value = values.get(time)
            return [time, value !== undefined && Number.isFinite(value) ? value : null]
          })
          return { name, unit, points }
        }),
      ),
    })),
  )
}
