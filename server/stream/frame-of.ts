import { type SharedFrame, sharedFrame } from '#instrument'
import type { TaskEvent } from '#protocol'

const frames = new WeakMap<TaskEvent, SharedFrame>()

/** The frame of an event, built once for all its receivers; gone with the event. */
export function frameOf(event: TaskEvent): SharedFrame {
  const known = frames.get(event)
  if (known) return known
  const frame = sharedFrame(JSON.stringify(event), event.type)
  frames.set(event, frame)
  return frame
}
