import type { Clock } from '#core'
import type { Meter } from '#instrument'
import type { Faults } from '../faults/index.ts'
import type { Logger } from '../log.ts'
import type { ServerSettings } from '../settings.ts'
import type { TaskStore } from '../store/store.ts'
import type { StreamSession } from './stream-session.ts'

/** What every part of the stream works with. */
export interface StreamContext {
  settings: ServerSettings
  store: TaskStore
  meter: Meter
  faults: Faults
  log: Logger
  clock: Clock
  /** Sessions that are open. */
  sessions: Set<StreamSession>
  /** True from the announcement of the drain on. */
  draining: () => boolean
}
