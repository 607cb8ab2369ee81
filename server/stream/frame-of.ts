import { remembered } from '#core'
import { type SharedFrame, sharedFrame } from '#instrument'
import type { TaskEvent } from '#protocol'
import type { PublishedEvent } from '../store/store.ts'

const frames = new WeakMap<TaskEvent, SharedFrame>()

/** The frame of an event, built once for all its receivers; gone with the event. */
export function frameOf(event: TaskEvent): SharedFrame {
  const known = frames.get(event)
  if (known) return known
  const frame = sharedFrame(JSON.stringify(event), event.type)
  frames.set(event, frame)
  return frame
}

/** The frames of what is handed to all receivers of a task. */
export const framesOf = remembered((published: readonly PublishedEvent[]): readonly SharedFrame[] =>
  published.map(({ event }) => frameOf(event)),
)
