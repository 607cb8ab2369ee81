import { type Behaviour, dialsWrongPath, droppedAtOnce, flaps, followsTasks } from './behaviours.ts'
import type { ReconnectPolicy } from './define.ts'
import { every100Ms } from './every-100-ms.ts'
import { wellBehaved } from './well-behaved.ts'

export { type Behaviour, followsTasks } from './behaviours.ts'
export { FRESH, type LastAttempt, type NextStep, type PolicyState, type ReconnectPolicy } from './define.ts'

export const POLICIES: readonly ReconnectPolicy[] = [wellBehaved, every100Ms]
export const BEHAVIOURS: readonly Behaviour[] = [followsTasks, dialsWrongPath, flaps, droppedAtOnce]
