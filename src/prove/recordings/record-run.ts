import type { Phase } from '#catalog'
import { PetrelError } from '#core'
import type { PrometheusClient } from '#run'
import { onGrid, STEP_MS } from './grid.ts'
import { type RecordedExpectation, type Recording, recordingSchema } from './recording.ts'

/** The longest that a drill rule looks back at, in milliseconds: recorded before the run, where it is there. */
const LONGEST_DRILL_WINDOW_MS = 120_000

export interface RunToRecord {
  /** kebab-case; names the file. */
  name: string
  job: string
  scenario: string
  phases: Partial<Readonly<Record<Phase, { from: number; to: number }>>>
  /** First and last attempt of the fault. */
  fault: { from: number; to: number }
  expectations: readonly RecordedExpectation[]
}

/**
 * Reads a run out of a running Prometheus: all series of its job, from its start less the longest drill window to
 * its end. Times in milliseconds since the Unix epoch.
 * @throws PetrelError `prometheus_failed` when it does not answer, or never scraped the job.
 */
export async function recordRun(prometheus: PrometheusClient, run: RunToRecord): Promise<Recording> {
  const spans = Object.values(run.phases)
  const begin = Math.min(...spans.map(({ from }) => from)) - LONGEST_DRILL_WINDOW_MS
  const end = Math.max(...spans.map(({ to }) => to))
  const seconds = Math.ceil((end - begin) / 1_000)
  const raw = await prometheus.query(`{job=${JSON.stringify(run.job)}}[${seconds}s]`, end)
  const times = raw
    .filter(({ labels }) => labels.__name__ === 'up')
    .flatMap(({ points }) => points.map(([time]) => time))
  if (times.length === 0) {
    throw new PetrelError('prometheus_failed', `Prometheus has nothing of the job ${run.job} to record`)
  }
  const startsAt = Math.min(...times)
  const length = Math.floor((Math.max(...times) - startsAt) / STEP_MS) + 1
  return recordingSchema.parse({
    schema: 'petrel.recording/1',
    name: run.name,
    job: run.job,
    scenario: run.scenario,
    recordedAt: new Date(begin + LONGEST_DRILL_WINDOW_MS).toISOString(),
    startsAt,
    stepMs: STEP_MS,
    phases: run.phases,
    fault: run.fault,
    expectations: run.expectations,
    series: onGrid(
      raw.filter(({ labels }) => labels.__name__ !== 'ALERTS_FOR_STATE'),
      startsAt,
      length,
    ),
  })
}
