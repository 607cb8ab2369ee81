import { FIRST_MESSAGE_MS, LIVED_MS, SHORT_LIVED_MS } from '#catalog'

export type SessionVerdict =
  | { verdict: 'good'; reason: 'delivered' | 'lived' | 'left' }
  | { verdict: 'bad'; reason: 'silent' | 'short_lived' | 'server_error' | 'server_close' | 'network' }

export type Interruption = 'server_error' | 'server_close' | 'network' | 'heartbeat' | 'slow_consumer'

/** How a socket ended, as the server sees it. */
export type SessionEnd =
  /** The client sent a close frame. */
  | 'client_close'
  /** The connection was lost. */
  | 'network'
  /** The server closed because its handler failed. */
  | 'server_error'
  | 'server_close'
  /** The server goes away and said so: burns no budget. */
  | 'announced_drain'
  | 'heartbeat'
  | 'slow_consumer'

type Verdicts<Verdict extends SessionVerdict['verdict']> = {
  readonly [Reason in Extract<SessionVerdict, { verdict: Verdict }>['reason']]: SessionVerdict
}
/** One of each for all sessions. */
const GOOD: Verdicts<'good'> = {
  delivered: { verdict: 'good', reason: 'delivered' },
  lived: { verdict: 'good', reason: 'lived' },
  left: { verdict: 'good', reason: 'left' },
}
const BAD: Verdicts<'bad'> = {
  silent: { verdict: 'bad', reason: 'silent' },
  short_lived: { verdict: 'bad', reason: 'short_lived' },
  server_error: { verdict: 'bad', reason: 'server_error' },
  server_close: { verdict: 'bad', reason: 'server_close' },
  network: { verdict: 'bad', reason: 'network' },
}

/** Told what became of a session. */
export interface DecisionListener {
  /** At most once, at the moment of the decision. */
  onVerdict(verdict: SessionVerdict): void
  onInterruption(reason: Interruption): void
}

/**
 * Decides what one session was, by the rules of the design ("Session"): pure, all times in milliseconds since
 * the 101 was written.
 */
export class SessionDecision {
  #firstMessage: number | undefined
  #terminal = false
  #verdict: SessionVerdict | undefined
  readonly #listener: DecisionListener

  constructor(listener: DecisionListener) {
    this.#listener = listener
  }

  /** A useful frame was written. */
  usefulSent(at: number, terminal: boolean): void {
    this.#firstMessage ??= at
    if (!terminal) return
    this.#terminal = true
    if (this.#inTime()) this.#decide(GOOD.delivered)
  }

  /** Time passes: call it at `FIRST_MESSAGE_MS` and at `LIVED_MS`. */
  reached(at: number): void {
    if (at >= FIRST_MESSAGE_MS && !this.#inTime()) this.#decide(BAD.silent)
    if (at >= LIVED_MS && this.#inTime()) this.#decide(GOOD.lived)
  }

  /** The socket is gone. */
  ended(at: number, end: SessionEnd): void {
    // Timers may be late: what was due before the end counts first.
    this.reached(at)
    if (this.#verdict?.verdict === 'good') {
      const reason = interruptionOf(end)
      if (!this.#terminal && reason) this.#listener.onInterruption(reason)
      return
    }
    const verdict = this.#verdictAtEnd(at, end)
    if (verdict) this.#decide(verdict)
  }

  #verdictAtEnd(at: number, end: SessionEnd): SessionVerdict | undefined {
    switch (end) {
      case 'announced_drain':
        return undefined
      case 'client_close':
        if (at < SHORT_LIVED_MS) return BAD.short_lived
        return this.#inTime() ? GOOD.left : undefined
      case 'network':
        return at < SHORT_LIVED_MS ? BAD.short_lived : BAD.network
      case 'heartbeat':
        return BAD.network
      case 'server_error':
        return BAD.server_error
      case 'server_close':
      case 'slow_consumer':
        return BAD.server_close
    }
  }

  #inTime(): boolean {
    return this.#firstMessage !== undefined && this.#firstMessage <= FIRST_MESSAGE_MS
  }

  #decide(verdict: SessionVerdict): void {
    if (this.#verdict) return
    this.#verdict = verdict
    this.#listener.onVerdict(verdict)
  }
}

function interruptionOf(end: SessionEnd): Interruption | undefined {
  return end === 'client_close' || end === 'announced_drain' ? undefined : end
}
