import { type Random, seededRandom } from '#core'
import type { ProgressFrame, TaskKind } from '#protocol'
import type { CreateTaskRequest } from '#protocol/decode'
import type { NewEvent } from '../store/store.ts'

/** One event of a simulated task, and how long the work before it takes. */
export interface PlannedEvent {
  /** Milliseconds since the event before. */
  afterMs: number
  event: NewEvent
}

const PROGRESS_TYPE: Readonly<Record<TaskKind, ProgressFrame['type']>> = {
  roadmap_generation: 'progress',
  concept_content: 'concept_progress',
  batch: 'batch_progress',
}

const STAGES: Readonly<Record<TaskKind, readonly string[]>> = {
  roadmap_generation: ['analysing goals', 'drafting stages', 'selecting concepts', 'writing the roadmap'],
  concept_content: ['collecting sources', 'writing', 'reviewing'],
  batch: ['queued', 'working', 'collecting results'],
}

/** How far a step's time may lie from the pace, as a share of it. */
const JITTER = 0.1

/** The simulated work of one task, all of it: equal requests with equal seeds give equal plans. */
export function planTask(request: CreateTaskRequest, seed: number): PlannedEvent[] {
  const random: Random = seededRandom(request.seed ?? seed)
  const stages = STAGES[request.kind]
  const planned: PlannedEvent[] = []
  for (let step = 1; step <= request.steps; step++) {
    const progress = step / (request.steps + 1)
    planned.push({
      afterMs: jittered(request.pace_ms, random),
      event: {
        type: PROGRESS_TYPE[request.kind],
        progress,
        stage: stages[Math.floor(progress * stages.length)] ?? 'finishing',
      },
    })
  }
  const afterMs = jittered(request.pace_ms, random)
  planned.push(
    request.outcome === 'failed'
      ? {
          afterMs,
          event: {
            type: 'failed',
            progress: request.steps / (request.steps + 1),
            error: 'the generator gave up',
          },
        }
      : { afterMs, event: { type: 'completed', progress: 1 } },
  )
  return planned
}

const jittered = (ms: number, random: Random) => ms * (1 + JITTER * (2 * random() - 1))
