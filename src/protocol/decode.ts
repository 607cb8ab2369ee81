import { z } from 'zod'
import { CLIENT_FRAME_TYPES, type ClientFrame, TASK_KINDS } from './frames.ts'

const clientFrame = z.object({ type: z.enum(CLIENT_FRAME_TYPES) })

/** Body of `POST /api/v1/tasks`. The simulated work takes `steps × pace_ms` milliseconds. */
export const createTaskRequest = z.strictObject({
  kind: z.enum(TASK_KINDS),
  /** Progress events before the terminal one. */
  steps: z.number().int().min(1).max(10_000).default(5),
  /** Milliseconds between two events. */
  pace_ms: z.number().int().min(0).max(60_000).default(200),
  /** Equal seeds give equal runs. */
  seed: z.number().int().nonnegative().optional(),
  /** How the task ends. */
  outcome: z.enum(['completed', 'failed']).default('completed'),
})
export type CreateTaskRequest = z.infer<typeof createTaskRequest>

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
