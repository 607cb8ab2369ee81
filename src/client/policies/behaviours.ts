import type { ReconnectPolicy } from './define.ts'
import { every100Ms } from './every-100-ms.ts'
import { wellBehaved } from './well-behaved.ts'

/** What a client does with a stream: where it dials, whether it leaves, how it comes back. Pure data. */
export interface Behaviour {
  name: string
  summary: string
  /**
   * How it lives through a run. `phases`: well-behaved but for the fault phase. `through`: follows its task on and
   * on, and comes back by its policy whatever happens. `burst`: is not there before the fault phase. `shared`:
   * follows, with all others, one task.
   */
  life: 'phases' | 'through' | 'burst' | 'shared'
  /** Where it dials while it misbehaves: the right path, or that without its prefix. */
  path: 'right' | 'unprefixed'
  /** When it closes after its open, and when it is gone at the latest, in milliseconds; null stays to the end. */
  leave: { afterMs: number; withinMs: number } | null
  /**
   * When it loses its socket in the fault phase. `together`: all at its start. `random`: over and over. `at-the-end`:
   * at about the moment at which its task ends. `sleep`: all at its start, and all wake at its middle.
   */
  drops: 'never' | 'together' | 'random' | 'at-the-end' | 'sleep'
  /** Tasks that it follows at once in the fault phase. */
  tasksAtOnce: number
  /** Phases in which each client is sure to dial, for a crowd that did not is no crowd. */
  dialsIn: readonly ('warmup' | 'steady' | 'fault' | 'recovery')[]
  policy: ReconnectPolicy
}

const EVERY_PHASE = ['warmup', 'steady', 'fault', 'recovery'] as const

export const followsTasks: Behaviour = {
  name: 'well-behaved',
  summary: 'Follows a task to its end, then the next.',
  life: 'phases',
  path: 'right',
  leave: null,
  drops: 'never',
  tasksAtOnce: 1,
  dialsIn: EVERY_PHASE,
  policy: wellBehaved,
}

export const dialsWrongPath: Behaviour = {
  ...followsTasks,
  name: 'dials-wrong-path',
  summary: 'Dials the path without its prefix, ten times a second.',
  path: 'unprefixed',
  policy: every100Ms,
}

export const flaps: Behaviour = {
  ...followsTasks,
  name: 'flaps',
  summary: 'Leaves within 20 ms of the open and opens again 100 ms later.',
  leave: { afterMs: 10, withinMs: 20 },
  policy: every100Ms,
}

export const ridesThrough: Behaviour = {
  ...followsTasks,
  name: 'rides-through',
  summary: 'Follows one task from before the fault to after it, and comes back by its policy.',
  life: 'through',
  dialsIn: ['warmup'],
}

export const droppedAtOnce: Behaviour = {
  ...ridesThrough,
  name: 'dropped-at-once',
  summary: 'Loses its socket together with everybody else, and comes back by its policy.',
  drops: 'together',
  dialsIn: ['warmup', 'fault'],
}

export const dropsAtRandom: Behaviour = {
  ...ridesThrough,
  name: 'drops-at-random',
  summary: 'Loses its socket at random moments, and resumes where it stood.',
  drops: 'random',
  dialsIn: ['warmup', 'fault'],
}

export const dropsAtTheEnd: Behaviour = {
  ...followsTasks,
  name: 'drops-at-the-end',
  summary: 'Loses its socket at about the moment at which its task ends.',
  drops: 'at-the-end',
}

export const sleeps: Behaviour = {
  ...ridesThrough,
  name: 'sleeps',
  summary: 'Is cut off like a closed laptop, and wakes at the same moment as all others.',
  drops: 'sleep',
  dialsIn: ['warmup', 'fault'],
}

export const arrivesInABurst: Behaviour = {
  ...followsTasks,
  name: 'arrives-in-a-burst',
  summary: 'Comes with many others at once, and behaves well.',
  life: 'burst',
  dialsIn: ['fault', 'recovery'],
}

export const followsManyTasks: Behaviour = {
  ...followsTasks,
  name: 'follows-many-tasks',
  summary: 'Follows ten tasks at once, each over a socket of its own.',
  tasksAtOnce: 10,
}

export const sharesATask: Behaviour = {
  ...followsTasks,
  name: 'shares-a-task',
  summary: 'Follows the same task as all others.',
  life: 'shared',
  dialsIn: ['warmup', 'recovery'],
}
