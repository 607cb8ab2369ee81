import { Counter, Trend } from 'k6/metrics'

/** What the load side counts; every sample carries its `phase`, none a task id. */
export const metrics = {
  attempts: new Counter('petrel_attempts'),
  ended: new Counter('petrel_attempts_ended'),
  accepted: new Counter('petrel_accepted'),
  /** First useful frame arrived, and the terminal event too or it stayed a second. */
  usable: new Counter('petrel_usable_sessions'),
  /** Attempts whose client was to leave at once and stayed, since the generator was late: what they saw counts for nothing. */
  overstayed: new Counter('petrel_overstayed'),
  /** Attempts for the same task beyond the first. */
  reconnects: new Counter('petrel_reconnects'),
  tasksFollowed: new Counter('petrel_tasks_followed'),
  firstProgressSeen: new Counter('petrel_first_progress_seen'),
  terminalSeen: new Counter('petrel_terminal_seen'),
  /** A gap or a repetition in the sequence, or progress that went backwards. */
  streamErrors: new Counter('petrel_stream_errors'),
  /** Clients whose task could not be created. */
  taskErrors: new Counter('petrel_task_errors'),
  /** Epoch milliseconds of each attempt: its minimum and maximum say when a phase really began and ended. */
  attemptAt: new Trend('petrel_attempt_at'),
  connectMs: new Trend('petrel_connect_ms'),
  firstMessageMs: new Trend('petrel_first_message_ms'),
  /** From the drop to the next useful frame. */
  recoveryMs: new Trend('petrel_recovery_ms'),
  /** Attempts within each 100 ms of the fault phase. */
  attemptsPerBin: new Trend('petrel_attempts_per_100ms'),
  /** How late a timer fired: the load generator's own honesty. */
  timerLagMs: new Trend('petrel_timer_lag_ms'),
  timerProbes: new Counter('petrel_timer_probes'),
}

/** Counters and trends that are wanted for each phase. */
const PER_PHASE = [
  'petrel_attempts',
  'petrel_attempts_ended',
  'petrel_accepted',
  'petrel_usable_sessions',
  'petrel_overstayed',
  'petrel_reconnects',
  'petrel_tasks_followed',
  'petrel_first_progress_seen',
  'petrel_terminal_seen',
  'petrel_stream_errors',
]
const TRENDS_PER_PHASE = ['petrel_attempt_at', 'petrel_connect_ms', 'petrel_first_message_ms']
const REFUSALS = ['400', '401', '403', '404', '426', '429', '500', '502', '503']

/** k6 reports a sub-metric only where a threshold names it: one that always holds, for each that is wanted. */
export function namedSubmetrics(phases: readonly string[]): Record<string, string[]> {
  const named: Record<string, string[]> = {}
  for (const phase of phases) {
    for (const metric of PER_PHASE) named[`${metric}{phase:${phase}}`] = ['count>=0']
    for (const metric of TRENDS_PER_PHASE) named[`${metric}{phase:${phase}}`] = ['max>=0']
    // The status of a refused handshake is nowhere but in this tag.
    for (const status of REFUSALS) named[`ws_sessions{phase:${phase},status:${status}}`] = ['count>=0']
  }
  return named
}
