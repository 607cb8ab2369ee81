import { METRICS, SLIS, type WindowSet } from '#catalog'
import { readCharts } from '#prove'
import type { Chart } from '#report'
import type { PrometheusClient } from '#run'
import { BURN_WINDOWS } from '#slo'

/** The Prometheus job that the server is watched under, as in the generated configuration. */
export const JOB = 'progress'

/** How well a promise is kept; null where nothing was counted yet. */
export interface Kept {
  name: string
  summary: string
  objective: number
  /** Share of good events in the shortest window of the rules. */
  success: number | null
  /** Share of the error budget that is left since the start. */
  budgetLeft: number | null
}

export interface Count {
  name: string
  unit: string
  value: number | null
}

/** What the page shows at one moment. */
export interface UpFigures {
  /** The window of `success`, as Prometheus writes durations. */
  window: string
  kept: Kept[]
  counts: Count[]
  charts: Chart[]
}

const of = (metric: { name: string }, matchers = '') => `${metric.name}{job="${JOB}"${matchers}}`
const perSecond = (selector: string) => `sum(rate(${selector}[5s]))`

const COUNTS: readonly { name: string; unit: string; query: string }[] = [
  { name: 'Open streams', unit: '', query: `sum(${of(METRICS.wsConnections, ',state="open"')})` },
  { name: 'Handshakes', unit: 'per second', query: perSecond(of(METRICS.wsHandshakesTotal)) },
  { name: 'Events published', unit: 'per second', query: perSecond(of(METRICS.taskEventsPublishedTotal)) },
  {
    name: 'Clients that fail or loop',
    unit: '',
    query: `sum(${of(METRICS.wsClients, ',state=~"failing|looping"')})`,
  },
]

/** The shortest window in which pages are decided. */
const shortWindow = (windows: WindowSet) =>
  BURN_WINDOWS[windows].find(({ severity }) => severity === 'critical')?.short ?? '10s'

/**
 * Reads the figures of the overview.
 * @throws PetrelError `prometheus_failed`
 */
export async function readFigures(
  prometheus: PrometheusClient,
  windows: WindowSet,
  span: { from: number; to: number },
): Promise<UpFigures> {
  const value = async (query: string) => {
    const found = (await prometheus.query(query, span.to))[0]?.points[0]?.[1]
    return found !== undefined && Number.isFinite(found) ? found : null
  }
  const window = shortWindow(windows)
  const [kept, counts, charts] = await Promise.all([
    Promise.all(
      SLIS.map(async ({ name, summary, objective, objectiveWindow }): Promise<Kept> => {
        const errors = (range: string) => value(`job:ws_${name}_errors:ratio_rate${range}{job="${JOB}"}`)
        const [now, whole] = await Promise.all([errors(window), errors(objectiveWindow)])
        return {
          name,
          summary,
          objective,
          success: now === null ? null : 1 - now,
          budgetLeft: whole === null ? null : 1 - whole / (1 - objective),
        }
      }),
    ),
    Promise.all(COUNTS.map(async ({ name, unit, query }) => ({ name, unit, value: await value(query) }))),
    readCharts(prometheus, JOB, span),
  ])
  return { window, kept, counts, charts }
}
