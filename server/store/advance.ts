import type { TaskEvent, TaskStatus } from '#protocol'
import type { NewEvent, TaskSnapshot } from './store.ts'

/** What a task is doing after an event. */
export function statusAfter({ type }: Pick<TaskEvent, 'type'>): TaskStatus {
  if (type === 'completed' || type === 'failed' || type === 'cancelled') return type
  return type === 'human_review_required' ? 'waiting_for_review' : 'running'
}

/** The task after an event. Progress never goes backwards. */
export function advance(before: TaskSnapshot, event: TaskEvent): TaskSnapshot {
  return {
    ...before,
    seq: event.seq,
    progress: Math.max(before.progress, event.progress),
    status: statusAfter(event),
    ...('stage' in event ? { stage: event.stage } : {}),
  }
}

/** The event as clients see it: its progress is never less than the task had. */
export const raised = (event: NewEvent, { progress }: TaskSnapshot): NewEvent =>
  ({ ...event, progress: Math.max(progress, event.progress) }) as NewEvent
