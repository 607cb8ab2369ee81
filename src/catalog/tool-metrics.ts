/**
 * Metrics of k6 when it writes to Prometheus (`k6 run -o experimental-prometheus-rw --tag job=…`), as the boards read
 * them: k6 puts `k6_` before the names of `loadtests/lib/metrics.ts`, `_total` behind counters, and `_p99` behind trends.
 */
export const LOAD_METRICS = {
  attempts: 'k6_petrel_attempts_total',
  accepted: 'k6_petrel_accepted_total',
  usable: 'k6_petrel_usable_sessions_total',
  reconnects: 'k6_petrel_reconnects_total',
  streamErrors: 'k6_petrel_stream_errors_total',
  connectP99Ms: 'k6_petrel_connect_ms_p99',
  firstMessageP99Ms: 'k6_petrel_first_message_ms_p99',
  timerLagP99Ms: 'k6_petrel_timer_lag_ms_p99',
} as const

/**
 * What a proof says of each alert and severity, as gauges with the labels `alert` and `severity`. `…_seconds` have
 * also `figure`: `measured`, `predicted` or `allowed`.
 */
export const PROOF_METRICS = {
  provenAt: 'petrel_proof_last_proven_timestamp_seconds',
  detectSeconds: 'petrel_proof_detect_seconds',
  resolveSeconds: 'petrel_proof_resolve_seconds',
  held: 'petrel_proof_held',
} as const
export const PROOF_FIGURES = ['measured', 'predicted', 'allowed'] as const
