import type { TaskSnapshot } from '../store/store.ts'
import type { Identity } from './tokens.ts'

const owns = ({ subject }: Identity, { owner }: TaskSnapshot) => owner !== undefined && owner === subject

/** A task is its owner's, to cancel it and to answer its review. Without tokens it is everybody's. */
export const mayChange = (identity: Identity | undefined, task: TaskSnapshot): boolean =>
  identity === undefined || identity.tasks === 'all' || owns(identity, task)

/** Beside its owner, whoever's token names it or its parent may follow a task, and read it. */
export function mayFollow(identity: Identity | undefined, task: TaskSnapshot): boolean {
  if (identity === undefined || identity.tasks === 'all' || owns(identity, task)) return true
  const { task_id, parent_id } = task
  return identity.tasks.has(task_id) || (parent_id !== undefined && identity.tasks.has(parent_id))
}
