import type { Clock } from '#core'
import type { TaskEvent } from '#protocol'
import type { CreateTaskRequest } from '#protocol/decode'
import type { TaskSnapshot, TaskStore } from '../store/store.ts'
import { type PlannedEvent, planTask } from './plan.ts'

export interface TaskRunner extends Disposable {
  /** Creates a task and starts its work. */
  start(request: CreateTaskRequest): Promise<TaskSnapshot>
}

/** Works simulated tasks off: each event after its time. Disposing stops all work. */
export function taskRunner(
  store: TaskStore,
  clock: Clock,
  options: {
    seed: number
    onPublished: (event: TaskEvent) => void
    onError: (error: unknown, taskId: string) => void
  },
): TaskRunner {
  const timers = new Set<Disposable>()
  let started = 0
  let stopped = false

  function work(taskId: string, [next, ...rest]: PlannedEvent[]): void {
    if (!next || stopped) return
    const timer = clock.after(next.afterMs, () => {
      timers.delete(timer)
      store.publish(taskId, next.event).then(
        event => {
          options.onPublished(event)
          work(taskId, rest)
        },
        error => options.onError(error, taskId),
      )
    })
    timers.add(timer)
  }

  return {
    async start(request) {
      const task = await store.create(request.kind)
      work(task.task_id, planTask(request, options.seed + started++))
      return task
    },
    [Symbol.dispose]() {
      stopped = true
      for (const timer of timers) timer[Symbol.dispose]()
      timers.clear()
    },
  }
}
