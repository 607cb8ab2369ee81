import type { Refusal } from '../../src/catalog/scenarios/define.ts'
import type { Random } from '../../src/client/policies/index.ts'
import type { Attempt } from './attempt.ts'
import type { Entry } from './entry.ts'
import type { Loss } from './recovery.ts'
import type { Settings } from './settings.ts'
import type { StreamCheck } from './stream-check.ts'

/** What one client of the crowd is given. */
export interface ClientContext {
  settings: Settings
  random: Random
  /** Draws trace ids: its own, so that tracing does not change a run, and another in each run. */
  ids: Random
  index: number
  clientId: string
  entry: Entry
  /** How the front door answers this client, where there is one. */
  refusal: Refusal | undefined
  /** Milliseconds since the event loop was last seen to turn. */
  stalled: () => number
  /** Notes a way back that must be looked at when the run ends. */
  onChain: (loss: Loss) => void
  /** Attempts that have not ended: those of them that are open are left when the run is over. */
  open: Set<Attempt>
  /** Whether the run is over: what ends now ends since its client leaves. */
  isOver: () => boolean
}

/** What a client knows of the task that it follows. */
export interface Followed {
  taskId: string
  /** When it will have ended, in milliseconds since the Unix epoch. */
  endsAt: number
  firstDialAt: number | undefined
  accepted: boolean
  attempts: number
  firstProgress: boolean
  terminal: boolean
  lastSeq: number
  epoch: string
  /** Absent where the target's protocol is not ours. */
  check: StreamCheck | undefined
}
