import type { Metric } from './define.ts'
import { nodejsEventloopUtilizationRatio } from './nodejs-eventloop-utilization-ratio.ts'
import { petrelBuildInfo } from './petrel-build-info.ts'
import { petrelFaultActive } from './petrel-fault-active.ts'
import { taskBrokerReconnectsTotal } from './task-broker-reconnects-total.ts'
import { taskBrokerUp } from './task-broker-up.ts'
import { taskEventsPublishedTotal } from './task-events-published-total.ts'
import { taskSequenceGapsTotal } from './task-sequence-gaps-total.ts'
import { taskSubscribers } from './task-subscribers.ts'
import { wsAdmissionRefusalsTotal } from './ws-admission-refusals-total.ts'
import { wsBufferedBytes } from './ws-buffered-bytes.ts'
import { wsClients } from './ws-clients.ts'
import { wsClosesTotal } from './ws-closes-total.ts'
import { wsClosingWindowSeconds } from './ws-closing-window-seconds.ts'
import { wsConnections } from './ws-connections.ts'
import { wsConnectionsLimit } from './ws-connections-limit.ts'
import { wsDeliveryLagSeconds } from './ws-delivery-lag-seconds.ts'
import { wsDrainRemaining } from './ws-drain-remaining.ts'
import { wsDrainState } from './ws-drain-state.ts'
import { wsFinishedConnections } from './ws-finished-connections.ts'
import { wsFirstMessageSeconds } from './ws-first-message-seconds.ts'
import { wsHandshakeSeconds } from './ws-handshake-seconds.ts'
import { wsHandshakesTotal } from './ws-handshakes-total.ts'
import { wsHeartbeatRttSeconds } from './ws-heartbeat-rtt-seconds.ts'
import { wsHeartbeatTimeoutsTotal } from './ws-heartbeat-timeouts-total.ts'
import { wsLoopBreakerTripsTotal } from './ws-loop-breaker-trips-total.ts'
import { wsMessagesReceivedTotal } from './ws-messages-received-total.ts'
import { wsOpensTotal } from './ws-opens-total.ts'
import { wsReconnectDelaySeconds } from './ws-reconnect-delay-seconds.ts'
import { wsResumesTotal } from './ws-resumes-total.ts'
import { wsSendAfterCloseTotal } from './ws-send-after-close-total.ts'
import { wsSendsTotal } from './ws-sends-total.ts'
import { wsSessionInterruptionsTotal } from './ws-session-interruptions-total.ts'
import { wsSessionSeconds } from './ws-session-seconds.ts'
import { wsSessionsTotal } from './ws-sessions-total.ts'
import { wsSlowConsumerActionsTotal } from './ws-slow-consumer-actions-total.ts'
import { wsTerminalUndeliveredTotal } from './ws-terminal-undelivered-total.ts'
import { wsUnmatchedPathTotal } from './ws-unmatched-path-total.ts'

/** Every metric, in the order of triage: did they get in, were they served, how did it end. */
export const METRICS = {
  wsHandshakesTotal,
  wsUnmatchedPathTotal,
  wsHandshakeSeconds,
  wsAdmissionRefusalsTotal,
  wsConnections,
  wsConnectionsLimit,
  wsOpensTotal,
  wsReconnectDelaySeconds,
  wsClients,
  wsLoopBreakerTripsTotal,
  wsFinishedConnections,
  wsSessionsTotal,
  wsSessionInterruptionsTotal,
  wsSessionSeconds,
  wsFirstMessageSeconds,
  wsClosesTotal,
  wsSendsTotal,
  wsSendAfterCloseTotal,
  wsClosingWindowSeconds,
  wsMessagesReceivedTotal,
  wsResumesTotal,
  wsDeliveryLagSeconds,
  wsBufferedBytes,
  wsSlowConsumerActionsTotal,
  wsTerminalUndeliveredTotal,
  wsHeartbeatTimeoutsTotal,
  wsHeartbeatRttSeconds,
  wsDrainRemaining,
  wsDrainState,
  taskEventsPublishedTotal,
  taskSequenceGapsTotal,
  taskSubscribers,
  taskBrokerUp,
  taskBrokerReconnectsTotal,
  nodejsEventloopUtilizationRatio,
  petrelBuildInfo,
  petrelFaultActive,
} as const satisfies Record<string, Metric<never> | Metric>
