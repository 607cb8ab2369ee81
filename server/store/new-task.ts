import { randomUUID } from 'node:crypto'
import type { NewTask, TaskSnapshot } from './store.ts'

/** The task before anything has happened; `now` in milliseconds since the Unix epoch. */
export function newSnapshot({ request, parent_id, owner }: NewTask, now: number): TaskSnapshot {
  return {
    task_id: randomUUID(),
    kind: request.kind,
    status: 'pending',
    epoch: randomUUID(),
    seq: 0,
    progress: 0,
    created_at: now,
    ...(parent_id === undefined ? {} : { parent_id }),
    ...(owner === undefined ? {} : { owner }),
  }
}

/**
 * Under what a store keeps the task of an idempotency key, which means something to its owner alone, and among the
 * children of its batch alone: nobody's key leads to another's task.
 */
export const scopeOf = ({ idempotencyKey, owner, parent_id }: NewTask): string | undefined =>
  idempotencyKey === undefined
    ? undefined
    : JSON.stringify([owner ?? null, parent_id ?? null, idempotencyKey])

/** What of a request must be equal for two with the same key to be the same. */
export const fingerprintOf = ({ request }: NewTask): string => JSON.stringify(request)
