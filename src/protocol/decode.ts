import { z } from 'zod'
import { CLIENT_FRAME_TYPES, type ClientFrame, TASK_KINDS } from './frames.ts'

const clientFrame = z.object({ type: z.enum(CLIENT_FRAME_TYPES) })

/** Children of one batch, at most: fewer than a store keeps events, so that whoever takes it over knows what was told. */
const MOST_CHILDREN = 500

/** Body of `POST /api/v1/tasks`. The simulated work takes `steps × pace_ms` milliseconds. */
export const createTaskRequest = z
  .strictObject({
    kind: z.enum(TASK_KINDS),
    /** `external`: nothing is simulated, a worker of yours publishes the events. */
    work: z.enum(['simulated', 'external']).default('simulated'),
    /** Progress events before the terminal one; of a batch, its children; of `concept_content`, its concepts. */
    steps: z.number().int().min(1).max(10_000).default(5),
    /** Milliseconds between two events. */
    pace_ms: z.number().int().min(0).max(60_000).default(200),
    /** Equal seeds give equal runs. */
    seed: z.number().int().nonnegative().optional(),
    /** How the task ends. */
    outcome: z.enum(['completed', 'failed']).default('completed'),
    /** Half-way it waits for a person. */
    review: z.boolean().default(false),
    /** Of `concept_content`: so many concepts, the first ones, fail once and are tried again. */
    retries: z.number().int().min(0).max(10_000).default(0),
  })
  .refine(({ kind, steps, retries }) => retries <= (kind === 'concept_content' ? steps : 0), {
    path: ['retries'],
    error: 'only concepts of concept_content are tried again, each at most once: retries is at most steps',
  })
  .refine(({ kind, steps }) => kind !== 'batch' || steps <= MOST_CHILDREN, {
    path: ['steps'],
    error: `a batch has at most ${MOST_CHILDREN} children`,
  })
export type CreateTaskRequest = z.infer<typeof createTaskRequest>

/** Body of `POST /api/v1/tasks/{id}/review`. */
export const reviewRequest = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  comment: z.string().max(1_000).optional(),
})

const progress = z.number().min(0).max(1)
const stage = z.string().min(1).max(200)
const count = z.number().int().min(0).max(1_000_000)

/**
 * The worker's own number of the event. A number that is not above the last one is a repetition: the event was
 * published, and its answer got lost.
 */
const step = z.number().int().min(1).max(1_000_000_000).optional()

/** Body of `POST /api/v1/tasks/{id}/events`: one event, without what the server adds to it. */
export const producedEvent = z.discriminatedUnion('type', [
  z.strictObject({ step, type: z.literal('progress'), progress, stage }),
  z.strictObject({
    step,
    type: z.literal('concept_progress'),
    progress,
    stage,
    concept: count.min(1),
    of: count.min(1),
    state: z.enum(['done', 'retrying']),
  }),
  z.strictObject({
    step,
    type: z.literal('batch_progress'),
    progress,
    stage,
    child_task_id: z.string().min(1).max(128),
    done: count,
    failed: count,
    of: count.min(1),
  }),
  z.strictObject({
    step,
    type: z.literal('human_review_required'),
    progress,
    prompt: z.string().min(1).max(4_000),
  }),
  z.strictObject({ step, type: z.literal('completed'), progress: z.literal(1).default(1) }),
  z.strictObject({ step, type: z.literal('failed'), progress, error: z.string().min(1).max(4_000) }),
  z.strictObject({ step, type: z.literal('cancelled'), progress }),
])

/** Query of `GET /api/v1/tasks`. */
export const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** The `next` of the page before. */
  cursor: z.string().max(200).optional(),
})

export type DecodedFrame =
  | { ok: true; frame: ClientFrame }
  | { ok: false; problem: 'malformed' | 'unknown'; text: string }

/** Reads one text frame of a client. Never throws: a bad frame is a close code, not an exception. */
export function decodeClientFrame(text: string): DecodedFrame {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, problem: 'malformed', text: 'the frame is not JSON' }
  }
  if (typeof value !== 'object' || value === null || typeof (value as { type?: unknown }).type !== 'string') {
    return { ok: false, problem: 'malformed', text: 'the frame is not an object with a "type"' }
  }
  const parsed = clientFrame.safeParse(value)
  if (parsed.success) return { ok: true, frame: parsed.data }
  return {
    ok: false,
    problem: 'unknown',
    text: `the frame's type is not one of ${CLIENT_FRAME_TYPES.join(', ')}`,
  }
}
