import { remembered } from '#core'
import { type SharedFrame, sharedFrame } from '#instrument'
import type { TaskEvent } from '#protocol'
import type { PublishedEvent } from '../store/store.ts'

const frames = new WeakMap<TaskEvent, SharedFrame>()

/**
 * The frame of an event, built once for all its receivers; gone with the event. In memory of its own: events are kept,
 * and a slice of Node's shared pool would keep all 64 KiB of it.
 */
export function frameOf(event: TaskEvent): SharedFrame {
  const known = frames.get(event)
  if (known) return known
  const { type, bytes } = sharedFrame(JSON.stringify(event), event.type)
  const own = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(own)
  const frame = { type, bytes: own }
  frames.set(event, frame)
  return frame
}

/** The frames of what is handed to all receivers of a task. */
export const framesOf = remembered((published: readonly PublishedEvent[]): readonly SharedFrame[] =>
  published.map(({ event }) => frameOf(event)),
)
