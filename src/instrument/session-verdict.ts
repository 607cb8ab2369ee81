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
    if (this.#inTime()) this.#decide({ verdict: 'good', reason: 'delivered' })
  }

  /** Time passes: call it at `FIRST_MESSAGE_MS` and at `LIVED_MS`. */
  reached(at: number): void {
    if (at >= FIRST_MESSAGE_MS && !this.#inTime()) this.#decide({ verdict: 'bad', reason: 'silent' })
    if (at >= LIVED_MS && this.#inTime()) this.#decide({ verdict: 'good', reason: 'lived' })
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
        if (at < SHORT_LIVED_MS) return { verdict: 'bad', reason: 'short_lived' }
        return this.#inTime() ? { verdict: 'good', reason: 'left' } : undefined
      case 'network':
        return { verdict: 'bad', reason: at < SHORT_LIVED_MS ? 'short_lived' : 'network' }
      case 'heartbeat':
        return { verdict: 'bad', reason: 'network' }
      case 'server_error':
        return { verdict: 'bad', reason: 'server_error' }
      case 'server_close':
      case 'slow_consumer':
        return { verdict: 'bad', reason: 'server_close' }
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
