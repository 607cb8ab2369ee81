import { acceptThenClose } from './accept-then-close.ts'
import { blockedEventLoop } from './blocked-event-loop.ts'
import { broadcastAbort } from './broadcast-abort.ts'
import type { Fault } from './define.ts'
import { headOfLine } from './head-of-line.ts'
import { neverCloses } from './never-closes.ts'
import { noHeartbeat } from './no-heartbeat.ts'
import { rejectBeforeAccept } from './reject-before-accept.ts'
import { sendInCatch } from './send-in-catch.ts'
import { silentFirstMessage } from './silent-first-message.ts'
import { slowHistory } from './slow-history.ts'
import { snapshotTailRace } from './snapshot-tail-race.ts'
import { staleStateCheck } from './stale-state-check.ts'
import { subscriberLeak } from './subscriber-leak.ts'
import { unprefixedRoute } from './unprefixed-route.ts'

/** Every fault switch, in the order of a session: getting in, being served, staying, ending. */
export const FAULTS = {
  unprefixedRoute,
  rejectBeforeAccept,
  acceptThenClose,
  sendInCatch,
  staleStateCheck,
  silentFirstMessage,
  slowHistory,
  snapshotTailRace,
  broadcastAbort,
  headOfLine,
  blockedEventLoop,
  noHeartbeat,
  neverCloses,
  subscriberLeak,
} as const satisfies Record<string, Fault<never>>
