import { remembered } from '#core'
import { mergeFrames, type SharedFrame, sharedFrame } from '#instrument'
import type { CurrentStatusFrame, ResumeResult, ServerFrame } from '#protocol'
import type { ServerSettings } from '../settings/index.ts'
import type { TaskSnapshot } from '../store/store.ts'

/** The first frames of a stream, in one piece: a thousand that come back at once are a thousand writes less. */
export interface Greeting {
  frames: readonly SharedFrame[]
  merged: Buffer
}

type Greet = (task: TaskSnapshot, result: ResumeResult | undefined) => Greeting

/** Makes the greeting of a task, once for all who come while nothing happens to it. */
export const greetingsOf: (settings: ServerSettings) => Greet = remembered((settings: ServerSettings) => {
  const known = new WeakMap<TaskSnapshot, Greeting>()
  return (task: TaskSnapshot, result: ResumeResult | undefined): Greeting => {
    if (result) return made(task, result)
    let greeting = known.get(task)
    if (!greeting) {
      greeting = made(task, undefined)
      known.set(task, greeting)
    }
    return greeting
  }

  function made(task: TaskSnapshot, result: ResumeResult | undefined): Greeting {
    const greeting = [
      {
        type: 'connected',
        task_id: task.task_id,
        epoch: task.epoch,
        seq: task.seq,
        ...(result ? { resume: result } : {}),
        heartbeat_ms: settings.heartbeatMs,
        reconnect_window_ms: settings.reconnectWindowMs,
      },
      statusFrame(task),
    ] satisfies ServerFrame[]
    const frames = greeting.map(frame => sharedFrame(JSON.stringify(frame), frame.type))
    return { frames, merged: mergeFrames(frames) }
  }
})

export function statusFrame(task: TaskSnapshot): CurrentStatusFrame {
  return {
    type: 'current_status',
    task_id: task.task_id,
    seq: task.seq,
    status: task.status,
    progress: task.progress,
    ...(task.stage === undefined ? {} : { stage: task.stage }),
  }
}
