import { type Random, seededRandom } from '#core'
import type { TaskKind } from '#protocol'
import type { CreateTaskRequest } from '#protocol/decode'
import type { NewEvent } from '../store/store.ts'

/** One event of a simulated task, and how long the work before it takes. */
export interface PlannedEvent {
  /** Milliseconds since the event before. */
  afterMs: number
  event: NewEvent
}

const STAGES: Readonly<Record<TaskKind, readonly string[]>> = {
  roadmap_generation: ['analysing goals', 'drafting stages', 'selecting concepts', 'writing the roadmap'],
  concept_content: ['collecting sources', 'writing', 'reviewing'],
  batch: ['queued', 'working', 'collecting results'],
}

/** How far a step's time may lie from the pace, as a share of it. */
const JITTER = 0.1

/**
 * The simulated work of one task, all of it: equal requests with equal seeds give equal plans, on whichever
 * replica. A batch has none: its children decide.
 */
export function planTask(request: CreateTaskRequest, seed: number): PlannedEvent[] {
  const random: Random = seededRandom(request.seed ?? seed)
  const events: NewEvent[] = []
  for (let step = 1; step <= request.steps; step++) {
    events.push(...stepEvents(request, step))
    if (request.review && step === halfWay(request)) events.push(reviewEvent(request))
  }
  events.push(
    request.outcome === 'failed'
      ? { type: 'failed', progress: shareOf(request, request.steps), error: 'the generator gave up' }
      : { type: 'completed', progress: 1 },
  )
  return events.map(event => ({ afterMs: paceOf(request, random), event }))
}

/** Steps after which it waits for a person. */
export const halfWay = ({ steps }: CreateTaskRequest): number => Math.ceil(steps / 2)

export const reviewEvent = (request: CreateTaskRequest): NewEvent => ({
  type: 'human_review_required',
  progress: shareOf(request, halfWay(request)),
  prompt: 'Is this what you asked for?',
})

/** Progress after a step: the terminal event alone is one. */
export const shareOf = ({ steps }: CreateTaskRequest, step: number): number => step / (steps + 1)

export function stageOf({ kind }: CreateTaskRequest, progress: number): string {
  const stages = STAGES[kind]
  return stages[Math.floor(progress * stages.length)] ?? 'finishing'
}

/** Milliseconds of one step's work. */
export const paceOf = ({ pace_ms }: CreateTaskRequest, random: Random): number =>
  pace_ms * (1 + JITTER * (2 * random() - 1))

function stepEvents(request: CreateTaskRequest, step: number): NewEvent[] {
  const progress = shareOf(request, step)
  const stage = stageOf(request, progress)
  if (request.kind !== 'concept_content') return [{ type: 'progress', progress, stage }]
  const concept = { type: 'concept_progress', stage, concept: step, of: request.steps } as const
  const done: NewEvent = { ...concept, progress, state: 'done' }
  // The first ones fail once: which ones does not matter, that it is decided does.
  return step <= request.retries
    ? [{ ...concept, progress: shareOf(request, step - 1), state: 'retrying' }, done]
    : [done]
}
