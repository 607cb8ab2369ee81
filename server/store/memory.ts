import type { Clock } from '#core'
import { isTerminal, type TaskEvent } from '#protocol'
import { advance, raised } from './advance.ts'
import { badCursor, idempotencyConflict, notWaiting, taskEnded, taskUnknown } from './errors.ts'
import { fingerprintOf, newSnapshot, scopeOf } from './new-task.ts'
import {
  type PublishedEvent,
  STORE_LIMITS,
  type StoreLimits,
  type TaskSnapshot,
  type TaskStore,
  type TaskWork,
} from './store.ts'

interface StoredTask {
  /** Counts the tasks of this store; the cursor of a page is the number of its last. */
  number: number
  /** Of its idempotency key. */
  scope: string | undefined
  snapshot: TaskSnapshot
  work: TaskWork
  events: PublishedEvent[]
  listeners: Set<(published: PublishedEvent) => void>
}

/** A store in this process. It is always up, and nobody else's work is ever left in it. */
export function memoryStore(clock: Clock, limits: StoreLimits = STORE_LIMITS): TaskStore {
  const tasks = new Map<string, StoredTask>()
  const byScope = new Map<string, { taskId: string; fingerprint: string }>()
  const timers = new Set<Disposable>()
  let created = 0

  function find(taskId: string): StoredTask {
    const task = tasks.get(taskId)
    if (!task) throw taskUnknown()
    return task
  }

  function forgetLater(taskId: string, scope: string | undefined): void {
    const timer = clock.after(limits.finishedMs, () => {
      timers.delete(timer)
      tasks.delete(taskId)
      if (scope !== undefined) byScope.delete(scope)
    })
    timers.add(timer)
  }

  return {
    async create(task) {
      const fingerprint = fingerprintOf(task)
      const scope = scopeOf(task)
      const known = scope === undefined ? undefined : byScope.get(scope)
      if (known) {
        if (known.fingerprint !== fingerprint) throw idempotencyConflict(task)
        return { task: find(known.taskId).snapshot, created: false }
      }
      const snapshot = newSnapshot(task, clock.wall())
      tasks.set(snapshot.task_id, {
        number: ++created,
        scope,
        snapshot,
        work: { request: task.request, seed: task.seed, step: 0 },
        events: [],
        listeners: new Set(),
      })
      if (scope !== undefined) byScope.set(scope, { taskId: snapshot.task_id, fingerprint })
      return { task: snapshot, created: true }
    },
    read: taskId => tasks.get(taskId)?.snapshot,
    followed: taskId => tasks.get(taskId)?.snapshot,
    async list(limit, cursor) {
      if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) throw badCursor(cursor)
      const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor)
      const older = [...tasks.values()].filter(({ number }) => number < before).toReversed()
      const page = older.slice(0, limit)
      const next = older.length > limit ? page.at(-1) : undefined
      return { tasks: page.map(({ snapshot }) => snapshot), ...(next ? { next: String(next.number) } : {}) }
    },
    history(taskId, afterSeq) {
      const task = tasks.get(taskId)
      if (!task) return Promise.reject(taskUnknown())
      // As a rule the client comes for what is still to come.
      return afterSeq >= task.snapshot.seq ? NOTHING : task.events.filter(({ event }) => event.seq > afterSeq)
    },
    async publish(taskId, event, options = {}) {
      const task = find(taskId)
      const { step } = options
      if (step !== undefined && step <= task.work.step) return undefined
      if (isTerminal(task.snapshot.status)) throw taskEnded(taskId)
      if (options.ifWaiting && task.snapshot.status !== 'waiting_for_review') throw notWaiting(taskId)
      const seq = task.snapshot.seq + 1
      const numbered = { ...raised(event, task.snapshot), task_id: taskId, seq } as TaskEvent
      const published: PublishedEvent = {
        event: numbered,
        at: clock.wall(),
        ...(options.traceparent === undefined ? {} : { traceparent: options.traceparent }),
      }
      if (step !== undefined) task.work.step = step
      task.snapshot = advance(task.snapshot, numbered)
      task.events.push(published)
      if (task.events.length > limits.history) task.events.shift()
      for (const listener of task.listeners) listener(published)
      if (isTerminal(numbered.type)) forgetLater(taskId, task.scope)
      return published
    },
    subscribe(taskId, listener) {
      const task = tasks.get(taskId)
      if (!task) return Promise.reject(taskUnknown())
      const { listeners } = task
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    claim: async () => [],
    renew: async () => {},
    work: async taskId => tasks.get(taskId)?.work,
    isUp: () => true,
    async [Symbol.asyncDispose]() {
      for (const timer of timers) timer[Symbol.dispose]()
    },
  }
}

const NOTHING: readonly PublishedEvent[] = []
