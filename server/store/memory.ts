import { PetrelError } from '#core'
import { isTerminal, type TaskEvent, type TaskKind } from '#protocol'
import type { NewEvent, TaskSnapshot, TaskStore } from './store.ts'

/** Events that are kept of one task; a client that missed more is told `too_old`. */
const HISTORY_LIMIT = 1_000

/** Finished tasks that are kept; the oldest go first. */
const FINISHED_LIMIT = 10_000

interface StoredTask {
  snapshot: TaskSnapshot
  events: TaskEvent[]
  listeners: Set<(event: TaskEvent) => void>
}

/** A store in this process. `id` makes task ids and epochs. */
export function memoryStore(id: () => string): TaskStore {
  const tasks = new Map<string, StoredTask>()
  const finished: string[] = []

  function find(taskId: string): StoredTask {
    const task = tasks.get(taskId)
    if (!task) throw new PetrelError('task_unknown', `there is no task ${taskId}`)
    return task
  }

  function finish(taskId: string): void {
    finished.push(taskId)
    const oldest = finished.length > FINISHED_LIMIT ? finished.shift() : undefined
    if (oldest !== undefined) tasks.delete(oldest)
  }

  return {
    async create(kind: TaskKind) {
      const snapshot: TaskSnapshot = {
        task_id: id(),
        kind,
        status: 'pending',
        epoch: id(),
        seq: 0,
        progress: 0,
      }
      tasks.set(snapshot.task_id, { snapshot, events: [], listeners: new Set() })
      return snapshot
    },
    async read(taskId) {
      return tasks.get(taskId)?.snapshot
    },
    async history(taskId, afterSeq) {
      return find(taskId).events.filter(({ seq }) => seq > afterSeq)
    },
    async publish(taskId, event: NewEvent) {
      const task = find(taskId)
      const numbered = { ...event, task_id: taskId, seq: task.snapshot.seq + 1 } as TaskEvent
      task.snapshot = advance(task.snapshot, numbered)
      task.events.push(numbered)
      if (task.events.length > HISTORY_LIMIT) task.events.shift()
      for (const listener of task.listeners) listener(numbered)
      if (isTerminal(numbered.type)) finish(taskId)
      return numbered
    },
    subscribe(taskId, listener) {
      const { listeners } = find(taskId)
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  }
}

/** The task after an event. Progress never goes backwards. */
function advance(before: TaskSnapshot, event: TaskEvent): TaskSnapshot {
  const after: TaskSnapshot = {
    ...before,
    seq: event.seq,
    progress: Math.max(before.progress, event.progress),
    status: 'running',
  }
  if (event.type === 'completed' || event.type === 'failed') after.status = event.type
  else if (event.type === 'human_review_required') after.status = 'waiting_for_review'
  else after.stage = event.stage
  return after
}
