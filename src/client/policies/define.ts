import type { Random } from '../../core/random.ts'

/** What a client knows of the attempt that has just ended. */
export interface LastAttempt {
  /** The handshake was accepted. */
  opened: boolean
  /** A useful frame arrived. */
  useful: boolean
  /** Milliseconds from the open to the end; 0 when it never opened. */
  uptimeMs: number
  /** The close code, where one arrived. */
  code?: number
  /** `reconnect_window_ms` of the server, where it told one. */
  reconnectWindowMs?: number
  /** `retry_after_ms` of an error frame, or `Retry-After` of a refusal for who can read it: no browser can, nor k6. */
  retryAfterMs?: number
}

/** What the policy remembers between attempts. Plain data. */
export interface PolicyState {
  /** Failures in a row since the counter was last reset. */
  failures: number
  /** Some attempt has opened. */
  everOpened: boolean
}

export const FRESH: PolicyState = { failures: 0, everOpened: false }

/** What a client does next. */
export type NextStep =
  | { wait: number; state: PolicyState }
  | { stop: 'ended' | 'told_to_stay_away' | 'gave_up' }

/** When a client comes back after its stream has ended. Pure: equal inputs and draws give equal steps. */
export interface ReconnectPolicy {
  name: string
  summary: string
  next(last: LastAttempt, state: PolicyState, random: Random): NextStep
}
