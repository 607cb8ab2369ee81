import type { Severity } from '../alerts/define.ts'

/** What is done to the servers, or to what they stand on, while the crowd of a scenario is there. */
export type Disturbance =
  /** The last server is killed, and another takes its place on the same port when the fault is over. */
  | { kind: 'kill-server' }
  /** Redis is killed, and started again with its data when the fault is over. */
  | { kind: 'stop-redis' }
  /** Redis stands still for so long, again and again; its connections stay. */
  | { kind: 'stall-redis'; forMs: number; everyMs: number }
  /** Redis cuts those who are subscribed, again and again. */
  | { kind: 'drop-subscribers'; everyMs: number }
  /** A proxy before the servers cuts every stream, again and again. */
  | { kind: 'cut-streams'; everyMs: number }
  /** A proxy before the servers takes no new connection. */
  | { kind: 'turn-away' }
  /** A fault switch of every server is on. */
  | { kind: 'switch-fault'; fault: string; variant: string }
  /** The first server is told to stop while clients hang on it that answer nothing; another takes its place. */
  | { kind: 'drain-with-silent-peers'; peers: number }
  /** Clients beside the crowd stop reading while their task goes on, until the server gives them up. */
  | { kind: 'starve-readers'; readers: number }
  /** The servers are replaced one after another, each drained first. */
  | { kind: 'replace-servers' }

/** An alert that a drill must make fire and resolve. */
export interface Firing {
  alert: string
  /** All severities of the alert when left away. */
  severity?: Severity
  /** What it reads happens at the start of the fault and is over at once, though the fault goes on. */
  momentary?: true
}

/** An alert that may fire in a drill or not. */
export interface Indifferent {
  alert: string
  severity?: Severity
  /** Why nobody cares. */
  reason: string
}

/**
 * A scenario as it is played to prove the alerts: how the servers are set up, what is done to them, and what fires.
 * This is the one place where it stands which alert fires in what; pages and runbooks are made from it, or checked.
 */
export interface Drill {
  /** kebab-case; its job in Prometheus. */
  name: string
  scenario: string
  /** One sentence on what is special about the servers or done to them; absent when the scenario alone is played. */
  when?: string
  servers?: {
    /** More than one share a Redis. */
    count?: number
    redis?: true
    /** Flags of `petrel serve`. */
    flags?: readonly string[]
    /** Fault switches that are on from the start. */
    faults?: readonly string[]
  }
  disturbance?: Disturbance
  /** How the crowd differs from the scenario's own. */
  crowd?: { clients?: number; badClients?: number; taskMs?: number }
  /** Length of the fault where it is not the usual one, in milliseconds. */
  faultMs?: number
  fires: readonly Firing[]
  mayFire?: readonly Indifferent[]
  /** Played in CI too: together these fire every alert. */
  inCi?: true
}

export function defineDrill(drill: Drill): Drill {
  return drill
}

/** Whether an entry of a drill speaks of an alert at a severity. */
export const speaksOf = (entry: { alert: string; severity?: Severity }, alert: string, severity: Severity) =>
  entry.alert === alert && (entry.severity === undefined || entry.severity === severity)
