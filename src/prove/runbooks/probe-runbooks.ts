import type { PrometheusClient } from '#run'
import type { PlayedDrill } from '../matrix/measure.ts'
import { isRefusal } from '../panels/probe-panels.ts'
import { asDrill, type RunbookQuery } from './runbook-queries.ts'

/** What one query of one runbook showed in the drills that must fire its alert. */
export interface RunbookProof extends RunbookQuery {
  askedIn: string[]
  dataIn: string[]
  /** What Prometheus refused it for; empty when it did not. */
  refused: string
}

const STEP_MS = 1_000

/**
 * Asks the queries of each alert's runbook in the drills that must fire it, as somebody would who was woken by it.
 * A drill that proved nothing is not asked: what it lacks may have been lost.
 */
export async function probeRunbooks(
  prometheus: PrometheusClient,
  played: readonly PlayedDrill[],
  queries: readonly RunbookQuery[],
): Promise<RunbookProof[]> {
  const proofs: RunbookProof[] = []
  for (const { drill, job, warmupFrom, recoveryTo, cells, problems } of played) {
    if (problems.length > 0) continue
    const fired = new Set(cells.flatMap(({ alert, expected }) => (expected === 'fire' ? [alert] : [])))
    for (const asked of queries.filter(({ alert }) => fired.has(alert))) {
      const proof: RunbookProof = { ...asked, askedIn: [drill], dataIn: [], refused: '' }
      proofs.push(proof)
      try {
        const series = await prometheus.range(asDrill(asked.query, job), warmupFrom, recoveryTo, STEP_MS)
        if (series.some(({ points }) => points.some(([, value]) => Number.isFinite(value)))) {
          proof.dataIn.push(drill)
        }
      } catch (error) {
        if (!isRefusal(error)) throw error
        proof.refused = error.message
      }
    }
  }
  return proofs
}
