import { PHASES, type Phase } from './scenarios/define.ts'

/** A threshold belongs to one phase, or to the run as a whole. */
export const THRESHOLD_PHASES = [...PHASES, 'run'] as const
export type ThresholdPhase = Phase | 'run'

/** One figure of a load and what it has to be. */
export interface Threshold {
  /** kebab-case; with its phase it names the threshold in `petrel.yaml` and in reports. */
  name: string
  title: string
  /** Names of the scenarios that it is for; all when left away. */
  scenarios?: readonly string[]
  phase: ThresholdPhase
  /** Arithmetic over the figures of the phase, as the result of `petrel load` names them: `usable / attempts`. */
  measure: string
  /** Comparison that fails the gate when it does not hold: `>= 0.99`. */
  fail?: string
  /** Comparison that is told and fails nothing. */
  warn?: string
  /** Fewer samples prove nothing. */
  samples: { of: string; atLeast: number }
  /** Left out where samples are few: k6's own floors say in which phases a crowd has to be there. */
  optional?: boolean
  /** It counts tasks or their ends, which a server that does not speak PROTOCOL.md has not. */
  needsTasks?: boolean
}

const ATTEMPTS = { of: 'attempts', atLeast: 5 } as const

/** Scenarios whose crowd must not notice that anything happens. */
const UNDISTURBED = ['healthy', 'harmless-burst', 'many-tasks', 'soak'] as const

/** A count of the whole run, as the result of `petrel load` has it. */
const inAllPhases = (count: string) => PHASES.map(phase => `phases.${phase}.${count}`).join(' + ')

/** What every gate holds a server to, unless a `petrel.yaml` says otherwise. Times in milliseconds. */
export const THRESHOLDS: readonly Threshold[] = [
  {
    name: 'served',
    title: 'before the fault, clients are served',
    phase: 'steady',
    measure: 'usable / attempts',
    fail: '>= 0.99',
    warn: '>= 0.999',
    samples: ATTEMPTS,
    optional: true,
  },
  {
    name: 'served',
    title: 'after the fault, clients are served again',
    phase: 'recovery',
    measure: 'usable / attempts',
    fail: '>= 0.99',
    warn: '>= 0.999',
    samples: ATTEMPTS,
    optional: true,
  },
  {
    name: 'first-message',
    title: 'the first useful frame comes soon',
    phase: 'steady',
    measure: 'firstMessageMs.p95',
    fail: '< 2000',
    warn: '< 500',
    samples: { of: 'firstMessageMs.count', atLeast: 5 },
    optional: true,
  },
  {
    name: 'served',
    title: 'all the time, clients are served',
    scenarios: UNDISTURBED,
    phase: 'fault',
    measure: 'usable / attempts',
    fail: '>= 0.99',
    warn: '>= 0.999',
    samples: ATTEMPTS,
  },
  {
    name: 'told-the-end',
    title: 'clients are told how their task ended',
    scenarios: ['healthy'],
    phase: 'fault',
    measure: 'terminalSeen / tasksFollowed',
    fail: '>= 0.99',
    samples: { of: 'tasksFollowed', atLeast: 5 },
    needsTasks: true,
  },
  {
    name: 'not-interrupted',
    title: 'no session that was good loses its stream',
    scenarios: ['healthy'],
    phase: 'run',
    measure: 'server.ws_session_interruptions_total',
    fail: '== 0',
    samples: { of: 'server.ws_sessions_total', atLeast: 5 },
  },
  {
    name: 'wrong-path-refused',
    title: 'nobody is let in on a path that is no stream',
    scenarios: ['wrong-path'],
    phase: 'fault',
    measure: 'accepted',
    fail: '== 0',
    samples: ATTEMPTS,
  },
  {
    name: 'wrong-path-answered',
    title: 'a wrong path is answered with a status, not with silence',
    scenarios: ['wrong-path'],
    phase: 'fault',
    measure: 'refused / attempts',
    fail: '>= 0.99',
    samples: ATTEMPTS,
  },
  {
    name: 'loop-refused',
    title: 'the client on the wrong path is refused as often as it comes',
    scenarios: ['one-loop'],
    phase: 'fault',
    measure: 'refused',
    fail: '>= 5',
    samples: ATTEMPTS,
  },
  {
    name: 'others-served',
    title: 'one client that loops takes nothing from the others',
    scenarios: ['one-loop'],
    phase: 'fault',
    measure: 'usable / accepted',
    fail: '>= 0.99',
    samples: { of: 'accepted', atLeast: 5 },
  },
  {
    name: 'told-the-end',
    title: 'whoever comes back while the task ends is told the end',
    scenarios: ['terminal-race'],
    phase: 'run',
    // A task that ends with the fault phase may be seen to its end in the recovery.
    measure: `(${inAllPhases('terminalSeen')}) / (${inAllPhases('tasksFollowed')})`,
    fail: '>= 0.99',
    samples: { of: inAllPhases('tasksFollowed'), atLeast: 5 },
    needsTasks: true,
  },
  {
    name: 'not-held-up',
    title: 'a client that does not read holds up nobody else on its task',
    scenarios: ['slow-reader', 'half-open'],
    phase: 'run',
    measure: 'stalenessMs.p95',
    fail: '< 750',
    warn: '< 300',
    samples: { of: 'stalenessMs.count', atLeast: 5 },
    needsTasks: true,
  },
  {
    name: 'flaps-let-in',
    title: 'a client that flaps is let in, or held back with 429',
    scenarios: ['flapping-client'],
    phase: 'fault',
    measure: "(accepted + refused['429']) / attempts",
    fail: '>= 0.99',
    samples: ATTEMPTS,
  },
  {
    name: 'recovered',
    title: 'nearly all are served again soon after they were dropped',
    scenarios: ['mass-drop', 'wake-up'],
    phase: 'run',
    measure: 'recovery.p95Ms',
    fail: '< 10000',
    warn: '< 5000',
    samples: { of: 'recovery.losses', atLeast: 5 },
  },
]
