export * from './alerts/define.ts'
export { ALERTS } from './alerts/index.ts'
export { CLOSE_CODES } from './codes/close-codes.ts'
export { ERROR_CODES, type ErrorCodeEntry } from './codes/errors.ts'
export * from './drills/define.ts'
export { DRILLS, drillNamed, drillsOf, drillsThatFire } from './drills/index.ts'
export { FAULT_MATCHES, type FaultMatch, UNMATCHED_FAULTS } from './fault-matches.ts'
export { FAULT_OFF, type Fault } from './faults/define.ts'
export { FAULTS } from './faults/index.ts'
export * from './load/recovery.ts'
export { STREAM_FAULTS, type StreamFault } from './load/stream-faults.ts'
export * from './load/tally.ts'
export { EACH_ROUTE, type Metric } from './metrics/define.ts'
export { METRICS } from './metrics/index.ts'
export * from './metrics/ws-admission-refusals-total.ts'
export * from './metrics/ws-clients.ts'
export * from './metrics/ws-handshakes-total.ts'
export * from './metrics/ws-messages-received-total.ts'
export * from './metrics/ws-opens-total.ts'
export * from './metrics/ws-send-after-close-total.ts'
export * from './metrics/ws-sends-total.ts'
export * from './metrics/ws-session-seconds.ts'
export * from './metrics/ws-sessions-total.ts'
export { NEAR_MISSES, type NearMiss } from './metrics/ws-unmatched-path-total.ts'
export { PROCESS_METRICS } from './process-metrics.ts'
export * from './reads.ts'
export * from './renames.ts'
export { RUNTIME_METRICS, type RuntimeMetric } from './runtime-metrics.ts'
export {
  type Cause,
  FOLLOW_MARGIN_MS,
  PHASES,
  type Phase,
  REFUSALS,
  type Refusal,
  type Scenario,
  TASK_MS,
} from './scenarios/define.ts'
export { SCENARIOS } from './scenarios/index.ts'
export { type Selection, type Sli, select, type Where } from './slis/define.ts'
export { SLIS } from './slis/index.ts'
export * from './thresholds.ts'
export * from './tool-metrics.ts'
