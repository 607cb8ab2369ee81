import type { Metric } from './define.ts'
import { taskEventsPublishedTotal } from './task-events-published-total.ts'
import { wsClosesTotal } from './ws-closes-total.ts'
import { wsClosingWindowSeconds } from './ws-closing-window-seconds.ts'
import { wsConnections } from './ws-connections.ts'
import { wsFirstMessageSeconds } from './ws-first-message-seconds.ts'
import { wsHandshakeSeconds } from './ws-handshake-seconds.ts'
import { wsHandshakesTotal } from './ws-handshakes-total.ts'
import { wsMessagesReceivedTotal } from './ws-messages-received-total.ts'
import { wsSendAfterCloseTotal } from './ws-send-after-close-total.ts'
import { wsSendsTotal } from './ws-sends-total.ts'
import { wsSessionInterruptionsTotal } from './ws-session-interruptions-total.ts'
import { wsSessionSeconds } from './ws-session-seconds.ts'
import { wsSessionsTotal } from './ws-sessions-total.ts'
import { wsUnmatchedPathTotal } from './ws-unmatched-path-total.ts'

/** Every metric, in the order of triage: did they get in, were they served, how did it end. */
export const METRICS = {
  wsHandshakesTotal,
  wsUnmatchedPathTotal,
  wsHandshakeSeconds,
  wsConnections,
  wsSessionsTotal,
  wsSessionInterruptionsTotal,
  wsSessionSeconds,
  wsFirstMessageSeconds,
  wsClosesTotal,
  wsSendsTotal,
  wsSendAfterCloseTotal,
  wsClosingWindowSeconds,
  wsMessagesReceivedTotal,
  taskEventsPublishedTotal,
} as const satisfies Record<string, Metric<never> | Metric>
