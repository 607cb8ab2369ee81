import { FAULTS } from './faults/index.ts'
import type { Scenario } from './scenarios/define.ts'

/** A bug of a server that the gate must find with one scenario. */
export interface FaultMatch {
  scenario: Scenario['name']
  /** Name and variant of a switch of the reference server. */
  fault: string
  variant: string
  /** `start`: the server has it all along. `fault`: it appears when the fault phase begins, as under a load. */
  since: 'start' | 'fault'
  /** Id of the check that must say so; others may too. */
  check: string
  /** Why this switch, where none is made for what the scenario plays: it is the nearest. */
  nearest?: string
}

const match = <Variant extends string>(
  scenario: string,
  { name, variants }: { name: string; variants: Readonly<Record<Variant, string>> },
  variant: Variant & keyof typeof variants,
  since: FaultMatch['since'],
  check: string,
  nearest?: string,
): FaultMatch => ({ scenario, fault: name, variant, since, check, ...(nearest ? { nearest } : {}) })

const F = FAULTS

/** For each scenario a bug that it finds, and by which check. */
export const FAULT_MATCHES: readonly FaultMatch[] = [
  match('healthy', F.silentFirstMessage, 'never', 'start', 'fault/served'),
  match('harmless-burst', F.slowHistory, '5s', 'fault', 'fault/served'),
  match('wrong-path', F.unprefixedRoute, 'on', 'start', 'fault/wrong-path-refused'),
  match('one-loop', F.unprefixedRoute, 'on', 'start', 'fault/loop-refused'),
  match('flapping-client', F.sendInCatch, 'on', 'start', 'joined/sends-after-close'),
  match('flapping-client', F.staleStateCheck, 'on', 'start', 'joined/sends-after-close'),
  match(
    'refused-matrix',
    F.acceptThenClose,
    '1011',
    'fault',
    'recovery/served',
    'the refusals are those of a door before the server, whose bugs no switch has: what a server can get wrong is to serve those who are let through again',
  ),
  match(
    'flapping-server',
    F.silentFirstMessage,
    'never',
    'fault',
    'load/stream-errors-stale',
    'the scenario uses the switch of its own fault itself, and takes it back: what is left to get wrong is to serve those who come back',
  ),
  match('mass-drop', F.acceptThenClose, '4500', 'fault', 'load/never-came-back'),
  match(
    'rolling-deploy',
    F.silentFirstMessage,
    'never',
    'fault',
    'load/stream-errors-terminal-missing',
    'the build that is deployed has the bug: the servers that take the place of the others are started with it',
  ),
  match('wake-up', F.slowHistory, '5s', 'fault', 'recovery/served'),
  match('resume-churn', F.broadcastAbort, 'on', 'start', 'load/stream-errors-terminal-missing'),
  match('terminal-race', F.snapshotTailRace, '1s', 'start', 'run/told-the-end'),
  match(
    'slow-reader',
    F.blockedEventLoop,
    '900ms',
    'start',
    'run/not-held-up',
    'head-of-line is made for it, and is shown only once the kernel takes no more for a socket: 4 MB on loopback, which no task of a short run fills; to the others of a task both look alike',
  ),
  match('half-open', F.noHeartbeat, 'no-timeout', 'start', 'load/silent-peers'),
  match('big-fanout', F.neverCloses, 'never', 'start', 'load/stream-errors-not-closed'),
  match('many-tasks', F.subscriberLeak, 'all', 'start', 'joined/subscriptions-left'),
  match('soak', F.subscriberLeak, '1-in-10', 'start', 'joined/subscriptions-left'),
]

/** Switches that no scenario of the gate finds, each with the reason and with what does find it. */
export const UNMATCHED_FAULTS: Readonly<Record<string, string>> = {
  [F.rejectBeforeAccept.name]:
    'no crowd dials a task that does not exist; `petrel check` does, and tells the bare 403',
  [F.headOfLine.name]:
    'the kernel takes 4 MB for a socket on loopback before its reader counts as slow, more than a short run tells; the alert on slow consumers is proven with minutes of it',
}
