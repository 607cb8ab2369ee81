import type { Alert } from './define.ts'
import { wsBrokerDown } from './ws-broker-down.ts'
import { wsClientLooping } from './ws-client-looping.ts'
import { wsConnectionsNearLimit } from './ws-connections-near-limit.ts'
import { wsDeliveryLag } from './ws-delivery-lag.ts'
import { wsDrainStuck } from './ws-drain-stuck.ts'
import { wsEventLoopLag } from './ws-event-loop-lag.ts'
import { wsFlapping } from './ws-flapping.ts'
import { wsHandshakeBudgetBurn } from './ws-handshake-budget-burn.ts'
import { wsHeartbeatTimeouts } from './ws-heartbeat-timeouts.ts'
import { wsReconnectStorm } from './ws-reconnect-storm.ts'
import { wsSendAfterClose } from './ws-send-after-close.ts'
import { wsSequenceGaps } from './ws-sequence-gaps.ts'
import { wsSessionBudgetBurn } from './ws-session-budget-burn.ts'
import { wsSessionsInterrupted } from './ws-sessions-interrupted.ts'
import { wsSlowConsumers } from './ws-slow-consumers.ts'
import { wsTelemetryAbsent } from './ws-telemetry-absent.ts'
import { wsTerminalUndelivered } from './ws-terminal-undelivered.ts'
import { wsTrafficGone } from './ws-traffic-gone.ts'
import { wsWrongPathStorm } from './ws-wrong-path-storm.ts'

/** Every alert, in the order of triage: is it seen, is it up, are users served, what wears it down, what is untidy. */
export const ALERTS: readonly Alert[] = [
  wsTelemetryAbsent,
  wsTrafficGone,
  wsBrokerDown,
  wsSessionBudgetBurn,
  wsHandshakeBudgetBurn,
  wsSessionsInterrupted,
  wsTerminalUndelivered,
  wsWrongPathStorm,
  wsFlapping,
  wsReconnectStorm,
  wsDeliveryLag,
  wsConnectionsNearLimit,
  wsEventLoopLag,
  wsDrainStuck,
  wsSlowConsumers,
  wsHeartbeatTimeouts,
  wsSequenceGaps,
  wsClientLooping,
  wsSendAfterClose,
]
