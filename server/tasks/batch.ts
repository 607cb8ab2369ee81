import { seededRandom } from '#core'
import { isTerminal } from '#protocol'
import { createTaskRequest } from '#protocol/decode'
import type { NewEvent, TaskStore, TaskWork } from '../store/store.ts'
import { halfWay, paceOf, reviewEvent, shareOf, stageOf } from './plan.ts'

/** What the runner does for a batch as for any other task. */
export interface BatchHelp {
  store: TaskStore
  /** False when the task has ended. Without a step, for what is no part of its plan. */
  publish(taskId: string, event: NewEvent, step?: number): Promise<boolean>
  /** False when the review ended the task. */
  reviewed(taskId: string): Promise<boolean>
  /** Works a new child off. */
  adopt(taskId: string): void
  wait(ms: number): Promise<void>
}

interface Child {
  taskId: string
  failed: boolean
}

/**
 * A batch is as far as its children: it tells of each that ends, once, also when another replica goes on with it.
 * One that is cancelled, or rejected in its review, cancels its children.
 */
export async function runBatch(taskId: string, work: TaskWork, help: BatchHelp): Promise<void> {
  const { store, publish, reviewed } = help
  const { request } = work
  const subscriptions: Disposable[] = []
  const children: string[] = []
  const ended = new Map<string, Child>()
  let over = false
  let wake = () => {}
  const end = (child: Child) => {
    if (!ended.has(child.taskId)) ended.set(child.taskId, child)
    wake()
  }
  try {
    subscriptions.push(
      await store.subscribe(taskId, ({ event }) => {
        over ||= isTerminal(event.type)
        wake()
      }),
    )
    // What a replica that is gone has told already is not told again, in whatever order the children ended.
    const told = new Set<string>()
    let failed = 0
    for (const { event } of await store.history(taskId, 0)) {
      if (event.type !== 'batch_progress') continue
      told.add(event.child_task_id)
      failed = event.failed
    }
    await startChildren(taskId, work, help, { children, subscriptions, end })

    const nextEnd = async (): Promise<Child | undefined> => {
      for (;;) {
        if (over) return undefined
        const next = [...ended.values()].find(child => !told.has(child.taskId))
        if (next) return next
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
    const cancelChildren = async () => {
      for (const child of children) await publish(child, { type: 'cancelled', progress: 0 })
    }
    let { step } = work
    if (step > 0 && !(await reviewed(taskId))) return await cancelChildren()
    while (told.size < request.steps) {
      const child = await nextEnd()
      if (!child) return await cancelChildren()
      told.add(child.taskId)
      failed += child.failed ? 1 : 0
      const progress = shareOf(request, told.size)
      const counts = { child_task_id: child.taskId, done: told.size, failed, of: request.steps }
      const event: NewEvent = {
        type: 'batch_progress',
        progress,
        stage: stageOf(request, progress),
        ...counts,
      }
      if (!(await publish(taskId, event, ++step))) return await cancelChildren()
      if (request.review && told.size === halfWay(request)) {
        const goesOn = (await publish(taskId, reviewEvent(request), ++step)) && (await reviewed(taskId))
        if (!goesOn) return await cancelChildren()
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

/** Creates the children, one after another, or finds those that are there. */
async function startChildren(
  taskId: string,
  { request, seed }: TaskWork,
  { store, adopt, wait }: BatchHelp,
  into: { children: string[]; subscriptions: Disposable[]; end: (child: Child) => void },
): Promise<void> {
  const random = seededRandom(request.seed ?? seed)
  const { owner } = (await store.read(taskId)) ?? {}
  const child = createTaskRequest.parse({
    kind: 'concept_content',
    steps: 2,
    pace_ms: request.pace_ms,
    outcome: 'completed',
  })
  for (let index = 0; index < request.steps; index++) {
    const made = await store.create({
      request: child,
      seed: seed + index + 1,
      parent_id: taskId,
      ...(owner === undefined ? {} : { owner }),
      idempotencyKey: `child:${index}`,
    })
    const { task_id } = made.task
    into.children.push(task_id)
    into.subscriptions.push(
      await store.subscribe(
        task_id,
        ({ event }) => {
          if (isTerminal(event.type)) into.end({ taskId: task_id, failed: event.type !== 'completed' })
        },
        () => into.end({ taskId: task_id, failed: true }),
      ),
    )
    const now = await store.read(task_id)
    if (now && isTerminal(now.status)) into.end({ taskId: task_id, failed: now.status !== 'completed' })
    else if (made.created) adopt(task_id)
    await wait(paceOf(request, random) / request.steps)
  }
}
