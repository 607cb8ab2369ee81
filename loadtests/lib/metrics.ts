import { Counter, Trend } from 'k6/metrics'
import { BURST_SECONDS } from '../../src/catalog/load/recovery.ts'
import { STREAM_FAULTS } from '../../src/catalog/load/stream-faults.ts'
import type { CurveCount } from '../../src/catalog/load/tally.ts'
import { PHASES, type Scenario } from '../../src/catalog/scenarios/define.ts'
import { tally } from './tally.ts'

type Tags = Record<string, string>

/** A trend whose values the tally keeps too, so that those of several k6 can be added. */
function trend(name: string): { add(value: number, tags?: Tags): void } {
  const own = new Trend(name)
  return {
    add(value, tags) {
      own.add(value, tags)
      tally.value(name, tags?.phase, value)
    },
  }
}

/** A counter whose course in time the tally keeps. */
function counter(name: string, what: CurveCount): { add(count: 1, tags?: Tags): void } {
  const own = new Counter(name)
  return {
    add(count, tags) {
      own.add(count, tags)
      tally.count(what)
    },
  }
}

/** What the load side counts; nearly every sample carries its `phase`, none a task id. */
export const metrics = {
  attempts: new Counter('petrel_attempts'),
  ended: new Counter('petrel_attempts_ended'),
  accepted: counter('petrel_accepted', 'accepted'),
  /** First useful frame arrived, and the terminal event too or it stayed a second. */
  usable: counter('petrel_usable_sessions', 'usable'),
  /** Attempts whose client was to leave at once and stayed, since the generator was late: what they saw counts for nothing. */
  overstayed: new Counter('petrel_overstayed'),
  /** Attempts for the same task beyond the first. */
  reconnects: counter('petrel_reconnects', 'reconnects'),
  tasksFollowed: new Counter('petrel_tasks_followed'),
  firstProgressSeen: new Counter('petrel_first_progress_seen'),
  terminalSeen: new Counter('petrel_terminal_seen'),
  /** What was wrong with the stream of a task, by `cause`. */
  streamErrors: new Counter('petrel_stream_errors'),
  /** Longest silence of each stream that had not ended. */
  stalenessMs: trend('petrel_staleness_ms'),
  /** Clients whose task could not be created. */
  taskErrors: new Counter('petrel_task_errors'),
  /** Epoch milliseconds of each attempt: its minimum and maximum say when a phase really began and ended. */
  attemptAt: new Trend('petrel_attempt_at'),
  connectMs: trend('petrel_connect_ms'),
  /** From a client's first attempt for a task to the first that was accepted. */
  firstConnectMs: trend('petrel_first_connect_ms'),
  firstMessageMs: trend('petrel_first_message_ms'),
  /** Streams that were lost before their task ended. */
  losses: counter('petrel_losses', 'lost'),
  /** From the loss, or the end of a fault that lasted, to the next useful frame; who never got one counts as `NEVER_MS`. */
  recoveryMs: trend('petrel_recovery_ms'),
  attemptsPerRecovery: trend('petrel_attempts_per_recovery'),
  /** Lost clients whose policy stopped before they were back. */
  neverCameBack: new Counter('petrel_never_came_back'),
  /** Lost clients that were still to try again when the run ended. */
  stillWaiting: new Counter('petrel_still_waiting'),
  /** Clients that came back only since somebody loaded their page again. */
  reloads: new Counter('petrel_reloads'),
  /** Reconnects in each of the first seconds of the fault and of the recovery. */
  reconnectsInSecond: new Counter('petrel_reconnects_in_second'),
  /** Attempts in the fault phase by the answer that their client gets from the front door. */
  attemptsByRefusal: new Counter('petrel_attempts_by_refusal'),
  /** Attempts that failed for want of ports, descriptors or memory of this machine. */
  ownFailures: new Counter('petrel_own_failures'),
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
  'petrel_task_errors',
]
const TRENDS_PER_PHASE = [
  'petrel_attempt_at',
  'petrel_connect_ms',
  'petrel_first_connect_ms',
  'petrel_first_message_ms',
]
/** Answers that servers, proxies and gateways give to a handshake; one of another status is counted nowhere. */
const STATUSES = (
  '200 301 302 303 307 308 400 401 402 403 404 405 406 408 409 410 413 414 421 426 429 431 451 ' +
  '500 501 502 503 504 505 511'
).split(' ')

/** k6 reports a sub-metric only where a threshold names it: one that always holds, for each that is wanted. */
export function namedSubmetrics({ cause }: Scenario): Record<string, string[]> {
  const named: Record<string, string[]> = {}
  for (const phase of PHASES) {
    for (const metric of PER_PHASE) named[`${metric}{phase:${phase}}`] = ['count>=0']
    for (const metric of TRENDS_PER_PHASE) named[`${metric}{phase:${phase}}`] = ['max>=0']
    // The status of a refused handshake is nowhere but in this tag.
    for (const status of STATUSES) named[`ws_sessions{phase:${phase},status:${status}}`] = ['count>=0']
  }
  for (const second of BURST_SECONDS) named[`petrel_reconnects_in_second{second:${second}}`] = ['count>=0']
  for (const fault of STREAM_FAULTS) named[`petrel_stream_errors{cause:${fault}}`] = ['count==0']
  if (cause.by === 'front-door') {
    // A client that never met its answer proves nothing about it.
    for (const answer of cause.answers) named[`petrel_attempts_by_refusal{refusal:${answer}}`] = ['count>=1']
  }
  return named
}
