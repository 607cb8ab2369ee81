import type { TaskSnapshot } from '../store/store.ts'
import type { Identity } from './tokens.ts'

/** A task is its owner's, and of whoever's token names it or its parent. Without tokens it is everybody's. */
export function mayFollow(identity: Identity | undefined, task: TaskSnapshot): boolean {
  if (identity === undefined || identity.tasks === 'all') return true
  if (task.owner !== undefined && task.owner === identity.subject) return true
  return (
    identity.tasks.has(task.task_id) || (task.parent_id !== undefined && identity.tasks.has(task.parent_id))
  )
}
