import { type Clock, PetrelError } from '#core'
import { isTerminal, type TaskEvent } from '#protocol'
import type { CreateTaskRequest } from '#protocol/decode'
import type { NewEvent, TaskSnapshot, TaskStore, TaskWork } from '../store/store.ts'
import { type BatchHelp, runBatch } from './batch.ts'
import { planTask } from './plan.ts'

export interface TaskRunner {
  /** Creates a task and starts its work. The same key gives the same task again. */
  start(
    request: CreateTaskRequest,
    idempotencyKey?: string,
    owner?: string,
  ): Promise<{ task: TaskSnapshot; created: boolean }>
  /** Stops all work and gives it away. */
  stop(): Promise<void>
}

export interface RunnerOptions {
  seed: number
  onPublished: (event: TaskEvent) => void
  onError: (error: unknown, taskId: string) => void
  /** Work was taken whose owner is gone. */
  onTaken: (taskIds: readonly string[]) => void
}

/** Work whose owner has been silent for so long is anybody's, in milliseconds. */
const LEASE_MS = 3_000
const LOOK_MS = 1_000
/** Tasks that are taken at a look. */
const TAKE = 200
/** Between two attempts to publish while the broker is away, in milliseconds. */
const RETRY_MS = 200

/** Works simulated tasks off, its own and those that a lost replica has left. */
export function taskRunner(store: TaskStore, clock: Clock, options: RunnerOptions): TaskRunner {
  const mine = new Set<string>()
  const timers = new Set<Disposable>()
  let started = 0
  let stopped = false

  /** Never resolves once the runner has stopped: what waits here is garbage then. */
  const wait = (ms: number) =>
    new Promise<void>(resolve => {
      if (stopped) return
      const timer = clock.after(ms, () => {
        timers.delete(timer)
        resolve()
      })
      timers.add(timer)
    })

  /** Publishes one event, however long the broker is away. False when there is nothing more to do. */
  async function publish(taskId: string, event: NewEvent, step?: number): Promise<boolean> {
    while (!stopped) {
      try {
        const published = await store.publish(taskId, event, step === undefined ? {} : { step })
        if (published) options.onPublished(published.event)
        return true
      } catch (error) {
        const code = error instanceof PetrelError ? error.code : ''
        if (code === 'task_ended' || code === 'task_unknown') return false
        if (code !== 'broker_down') throw error
        await wait(RETRY_MS)
      }
    }
    return false
  }

  /** Waits until a person has decided, on whichever replica. */
  async function reviewed(taskId: string): Promise<boolean> {
    let woken = Promise.withResolvers<void>()
    const wake = () => woken.resolve()
    const subscription = await store.subscribe(taskId, wake, wake)
    try {
      for (;;) {
        woken = Promise.withResolvers()
        const task = await store.read(taskId)
        if (task?.status !== 'waiting_for_review') return task !== undefined && !isTerminal(task.status)
        // Not every event is the decision: the question itself may arrive now.
        await woken.promise
      }
    } finally {
      subscription[Symbol.dispose]()
    }
  }

  async function runPlan(taskId: string, work: TaskWork): Promise<void> {
    const plan = planTask(work.request, work.seed)
    const before = plan[work.step - 1]?.event
    if (before?.type === 'human_review_required' && !(await reviewed(taskId))) return
    for (const [index, { afterMs, event }] of plan.entries()) {
      if (index < work.step) continue
      await wait(afterMs)
      if (!(await publish(taskId, event, index + 1))) return
      if (event.type === 'human_review_required' && !(await reviewed(taskId))) return
    }
  }

  function adopt(taskId: string): void {
    if (stopped || mine.has(taskId)) return
    mine.add(taskId)
    const run = async () => {
      const work = await store.work(taskId)
      if (!work) return
      await (work.request.kind === 'batch' ? runBatch(taskId, work, help) : runPlan(taskId, work))
    }
    run()
      .catch(error => {
        // The broker is away: the lease runs out, and whoever finds it back goes on.
        if (!(error instanceof PetrelError && error.code === 'broker_down')) options.onError(error, taskId)
      })
      .finally(() => mine.delete(taskId))
  }

  const help: BatchHelp = { store, publish, reviewed, adopt, wait }

  async function look(): Promise<void> {
    while (!stopped) {
      await wait(LOOK_MS)
      try {
        await store.renew([...mine], LEASE_MS)
        const taken = (await store.claim(TAKE, LEASE_MS)).filter(id => !mine.has(id))
        if (taken.length > 0) options.onTaken(taken)
        for (const id of taken) adopt(id)
      } catch (error) {
        if (!(error instanceof PetrelError)) throw error
      }
    }
  }
  look().catch(error => options.onError(error, ''))

  return {
    async start(request, idempotencyKey, owner) {
      const made = await store.create({
        request,
        seed: options.seed + started++,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(owner === undefined ? {} : { owner }),
      })
      if (made.created && request.work === 'simulated') adopt(made.task.task_id)
      return made
    },
    async stop() {
      stopped = true
      for (const timer of timers) timer[Symbol.dispose]()
      timers.clear()
      await store.renew([...mine], 0).catch(() => {})
    },
  }
}
