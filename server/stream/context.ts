import type { Clock, Random } from '#core'
import type { Meter } from '#instrument'
import type { Admission } from '../admission/admission.ts'
import type { RefusalLog } from '../admission/refusal-log.ts'
import type { Faults } from '../faults/index.ts'
import type { Logger } from '../log.ts'
import type { OriginCheck } from '../security/origin.ts'
import type { TokenCheck } from '../security/tokens.ts'
import type { ServerSettings } from '../settings/index.ts'
import type { TaskReader } from '../store/reader.ts'
import type { TaskStore } from '../store/store.ts'
import type { Fanout } from './fanout.ts'
import type { HeartbeatTools } from './heartbeat.ts'
import type { Outbox } from './outbox.ts'
import type { StreamSession } from './stream-session.ts'

/** What every part of the stream works with. */
export interface StreamContext {
  settings: ServerSettings
  store: TaskStore
  reader: TaskReader
  fanout: Fanout
  meter: Meter
  faults: Faults
  log: Logger
  clock: Clock
  random: Random
  heartbeats: HeartbeatTools
  admission: Admission
  refusals: RefusalLog
  isAllowedOrigin: OriginCheck
  /** Undefined where clients need no token. */
  checkToken: TokenCheck | undefined
  /** Sessions that are open. */
  sessions: Set<StreamSession>
  /** What they still have to send. */
  boxes: Set<Outbox>
  /** True from the announcement of the drain on. */
  draining: () => boolean
}
