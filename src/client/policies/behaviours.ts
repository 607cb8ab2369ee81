import { STREAM_PATH, UNPREFIXED_STREAM_PATH } from '../../protocol/paths.ts'
import type { ReconnectPolicy } from './define.ts'
import { every100Ms } from './every-100-ms.ts'
import { wellBehaved } from './well-behaved.ts'

/** What a client does with a stream: where it dials, whether it leaves, how it comes back. Pure data. */
export interface Behaviour {
  name: string
  summary: string
  pathTemplate: string
  /** When it closes after its open, and when it is gone at the latest, in milliseconds; null stays to the end. */
  leave: { afterMs: number; withinMs: number } | null
  /** At the start of the fault every client loses its socket at the same instant. */
  dropsAtOnce: boolean
  policy: ReconnectPolicy
}

export const followsTasks: Behaviour = {
  name: 'well-behaved',
  summary: 'Follows a task to its end, then the next.',
  pathTemplate: STREAM_PATH,
  leave: null,
  dropsAtOnce: false,
  policy: wellBehaved,
}

export const dialsWrongPath: Behaviour = {
  name: 'dials-wrong-path',
  summary: 'Dials the path without its prefix, ten times a second.',
  pathTemplate: UNPREFIXED_STREAM_PATH,
  leave: null,
  dropsAtOnce: false,
  policy: every100Ms,
}

export const flaps: Behaviour = {
  name: 'flaps',
  summary: 'Leaves within 20 ms of the open and opens again 100 ms later.',
  pathTemplate: STREAM_PATH,
  leave: { afterMs: 10, withinMs: 20 },
  dropsAtOnce: false,
  policy: every100Ms,
}

export const droppedAtOnce: Behaviour = {
  name: 'dropped-at-once',
  summary: 'Loses its socket together with everybody else, and comes back by its policy.',
  pathTemplate: STREAM_PATH,
  leave: null,
  dropsAtOnce: true,
  policy: wellBehaved,
}
