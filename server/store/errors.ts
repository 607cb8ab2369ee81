import { PetrelError } from '#core'
import type { NewTask } from './store.ts'

/** Without the id: it is anybody's text, and the answer to a request goes back with it. */
export const taskUnknown = (): PetrelError => new PetrelError('task_unknown', 'there is no such task')

export const taskEnded = (taskId: string): PetrelError =>
  new PetrelError('task_ended', `the task ${taskId} has ended`)

export const notWaiting = (taskId: string): PetrelError =>
  new PetrelError('task_not_waiting', `the task ${taskId} does not wait for a review`)

export const badCursor = (cursor: string): PetrelError =>
  new PetrelError('bad_cursor', `no page of tasks ends at ${cursor}`, {
    hint: 'take the "next" of the page before as it is',
  })

export const idempotencyConflict = ({ idempotencyKey = '' }: NewTask): PetrelError =>
  new PetrelError(
    'idempotency_conflict',
    `the idempotency key ${idempotencyKey} was used for another request`,
    { hint: 'take a new key for a new task' },
  )
