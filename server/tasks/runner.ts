import { type Clock, PetrelError, seededRandom } from '#core'
import { isTerminal, type TaskEvent } from '#protocol'
import { type CreateTaskRequest, createTaskRequest } from '#protocol/decode'
import type { NewEvent, NewTask, TaskSnapshot, TaskStore, TaskWork } from '../store/store.ts'
import { halfWay, paceOf, planTask, reviewEvent, shareOf, stageOf } from './plan.ts'

export interface TaskRunner {
  /** Creates a task and starts its work. The same key gives the same task again. */
  start(
    request: CreateTaskRequest,
    idempotencyKey?: string,
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

  /** Publishes one step, however long the broker is away. False when there is nothing more to do. */
  async function publish(taskId: string, event: NewEvent, step: number): Promise<boolean> {
    while (!stopped) {
      try {
        const published = await store.publish(taskId, event, { step })
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
    const decided = Promise.withResolvers<void>()
    const subscription = await store.subscribe(taskId, () => decided.resolve(), decided.resolve)
    try {
      const task = await store.read(taskId)
      if (task?.status === 'waiting_for_review') await decided.promise
      const now = await store.read(taskId)
      return now !== undefined && !isTerminal(now.status)
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

  /** A batch is as far as its children: it tells of each that ends. */
  async function runBatch(taskId: string, { request, seed }: TaskWork): Promise<void> {
    const random = seededRandom(request.seed ?? seed)
    const child = createTaskRequest.parse({
      kind: 'concept_content',
      steps: 2,
      pace_ms: request.pace_ms,
      outcome: 'completed',
    })
    const ended: { taskId: string; failed: boolean }[] = []
    let wake = () => {}
    const subscriptions: Disposable[] = []
    try {
      for (let index = 0; index < request.steps; index++) {
        const task: NewTask = {
          request: child,
          seed: seed + index + 1,
          parent_id: taskId,
          idempotencyKey: `${taskId}:child:${index}`,
        }
        const { task: made, created } = await store.create(task)
        const tell = (failed: boolean) => {
          if (ended.some(one => one.taskId === made.task_id)) return
          ended.push({ taskId: made.task_id, failed })
          wake()
        }
        subscriptions.push(
          await store.subscribe(
            made.task_id,
            ({ event }) => isTerminal(event.type) && tell(event.type !== 'completed'),
            () => tell(true),
          ),
        )
        const now = await store.read(made.task_id)
        if (now && isTerminal(now.status)) tell(now.status !== 'completed')
        else if (created) adopt(made.task_id)
        await wait(paceOf(request, random) / request.steps)
      }
      let step = 0
      for (let told = 0; told < request.steps; told++) {
        while (ended.length <= told) {
          await new Promise<void>(resolve => {
            wake = resolve
          })
        }
        const progress = shareOf(request, told + 1)
        const event: NewEvent = {
          type: 'batch_progress',
          progress,
          stage: stageOf(request, progress),
          child_task_id: ended[told]?.taskId ?? '',
          done: told + 1,
          failed: ended.slice(0, told + 1).filter(({ failed }) => failed).length,
          of: request.steps,
        }
        if (!(await publish(taskId, event, ++step))) return
        if (request.review && told + 1 === halfWay(request)) {
          if (!(await publish(taskId, reviewEvent(request), ++step)) || !(await reviewed(taskId))) return
        }
      }
      const last: NewEvent =
        request.outcome === 'failed'
          ? { type: 'failed', progress: shareOf(request, request.steps), error: 'the batch was given up' }
          : { type: 'completed', progress: 1 }
      await publish(taskId, last, step + 1)
    } finally {
      for (const subscription of subscriptions) subscription[Symbol.dispose]()
    }
  }

  function adopt(taskId: string): void {
    if (stopped || mine.has(taskId)) return
    mine.add(taskId)
    const run = async () => {
      const work = await store.work(taskId)
      if (!work) return
      await (work.request.kind === 'batch' ? runBatch(taskId, work) : runPlan(taskId, work))
    }
    run()
      .catch(error => {
        // The broker is away: the lease runs out, and whoever finds it back goes on.
        if (!(error instanceof PetrelError && error.code === 'broker_down')) options.onError(error, taskId)
      })
      .finally(() => mine.delete(taskId))
  }

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
    async start(request, idempotencyKey) {
      const made = await store.create({
        request,
        seed: options.seed + started++,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
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
