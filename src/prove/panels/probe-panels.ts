import type { BoardName } from '#catalog'
import { type PanelQuery, panelQueries } from '#dashboards'
import type { PrometheusClient } from '#run'
import { exactly, fillIn } from './fill-in.ts'

/** One job of a run, and when it was played. */
export interface ProbedRun {
  job: string
  /** From the begin of its first phase to the end of its last, in milliseconds since the Unix epoch. */
  span: { from: number; to: number }
}

/** What one query of one panel showed over the runs that were looked at. */
export interface PanelProof {
  board: BoardName
  panel: string
  refId: string
  expr: string
  /** Jobs in which it had data, and in which its values changed. */
  dataIn: string[]
  movesIn: string[]
  /** What Prometheus refused it for; empty when it did not. */
  refused: string
}

const STEP_MS = 1_000
/** Four scrapes of a second. */
const RATE_INTERVAL = '4s'
/** What changes by less than this share of its largest value stands still. */
const STILL = 0.01
/** What a query leaves out moves by coming and going. Elsewhere a hole is a scrape or a push that was missed. */
const IS_FILTERED = / (>|<|>=|<=|==|!=) [\d.]+$/
/** Queries at once: the machine also runs what is proven. */
const AT_ONCE = 4

/**
 * Asks every query of every board for each run, as Grafana would with that job chosen, and says where it had data
 * and where it moved. A query that goes by no job (of proofs) is asked as it stands.
 */
export async function probePanels(
  prometheus: PrometheusClient,
  runs: readonly ProbedRun[],
  queries: readonly PanelQuery[] = panelQueries(),
): Promise<PanelProof[]> {
  const proofs: PanelProof[] = []
  const waiting = [...queries.entries()]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, query] = next
      proofs[index] = await probe(prometheus, runs, query)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return proofs
}

async function probe(
  prometheus: PrometheusClient,
  runs: readonly ProbedRun[],
  query: PanelQuery,
): Promise<PanelProof> {
  const proof: PanelProof = { ...query, dataIn: [], movesIn: [], refused: '' }
  for (const { job, span } of runs) {
    const expr = fillIn(query.expr, { job: exactly(job), rateInterval: RATE_INTERVAL })
    try {
      const series = await prometheus.range(expr, span.from, span.to, STEP_MS)
      const values = series.map(({ points }) => points.map(([, value]) => value).filter(Number.isFinite))
      if (values.some(one => one.length > 0)) proof.dataIn.push(job)
      const steps = Math.floor((span.to - span.from) / STEP_MS) + 1
      const comes = IS_FILTERED.test(query.expr) && values.some(one => one.length > 0 && one.length < steps)
      if (comes || values.some(moves)) proof.movesIn.push(job)
    } catch (error) {
      if (!isRefusal(error)) throw error
      proof.refused = error.message
    }
  }
  return proof
}

/** True when the values are not all alike, but for what a picture does not show. */
export function moves(values: readonly number[]): boolean {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return values.length > 0 && high - low > STILL * Math.max(Math.abs(low), Math.abs(high))
}

/** A query that is wrong is a finding; a Prometheus that does not answer is none. */
export const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && error.message.includes('refused `')
