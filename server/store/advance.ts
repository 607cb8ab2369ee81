import type { TaskEvent } from '#protocol'
import type { NewEvent, TaskSnapshot } from './store.ts'

/** The task after an event. Progress never goes backwards. */
export function advance(before: TaskSnapshot, event: TaskEvent): TaskSnapshot {
  const after: TaskSnapshot = {
    ...before,
    seq: event.seq,
    progress: Math.max(before.progress, event.progress),
    status: 'running',
  }
  if (event.type === 'completed' || event.type === 'failed' || event.type === 'cancelled') {
    after.status = event.type
  } else if (event.type === 'human_review_required') after.status = 'waiting_for_review'
  else after.stage = event.stage
  return after
}

/** The event as clients see it: its progress is never less than the task had. */
export const raised = (event: NewEvent, { progress }: TaskSnapshot): NewEvent =>
  ({ ...event, progress: Math.max(progress, event.progress) }) as NewEvent
