import {
  arrivesInABurst,
  type Behaviour,
  dialsWrongPath,
  droppedAtOnce,
  dropsAtRandom,
  dropsAtTheEnd,
  flaps,
  followsManyTasks,
  followsTasks,
  ridesThrough,
  sharesATask,
  sleeps,
} from './behaviours.ts'
import type { ReconnectPolicy } from './define.ts'
import { every100Ms } from './every-100-ms.ts'
import { wellBehaved } from './well-behaved.ts'

/** What policies draw from; k6 takes it from here, for load tests know nothing of `core`. */
export { type Random, seededRandom } from '../../core/random.ts'
export { type Behaviour, followsTasks } from './behaviours.ts'
export { FRESH, type LastAttempt, type NextStep, type PolicyState, type ReconnectPolicy } from './define.ts'

export { wellBehaved }

export const POLICIES: readonly ReconnectPolicy[] = [wellBehaved, every100Ms]
export const BEHAVIOURS: readonly Behaviour[] = [
  followsTasks,
  dialsWrongPath,
  flaps,
  ridesThrough,
  droppedAtOnce,
  dropsAtRandom,
  dropsAtTheEnd,
  sleeps,
  arrivesInABurst,
  followsManyTasks,
  sharesATask,
]
