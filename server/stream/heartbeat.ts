import type { WebSocket } from 'ws'
import type { Clock, Random } from '#core'

export interface HeartbeatHandlers {
  /** Milliseconds from a ping to its pong. */
  onPong: (roundTripMs: number) => void
  /** Called once: a ping was not answered before the next one was due. */
  onTimeout: () => void
}

export interface HeartbeatOptions {
  clock: Clock
  random: Random
  intervalMs: number
}

/** Pings at an interval, the first after a random part of it: a thousand that came at once do not ping at once. */
export const startHeartbeat = (
  ws: WebSocket,
  options: HeartbeatOptions,
  handlers: HeartbeatHandlers,
): Disposable => new Heartbeat(ws, options, handlers)

class Heartbeat implements Disposable {
  readonly #ws: WebSocket
  readonly #options: HeartbeatOptions
  readonly #handlers: HeartbeatHandlers
  #pingedAt: number | undefined
  #timer: Disposable

  constructor(ws: WebSocket, options: HeartbeatOptions, handlers: HeartbeatHandlers) {
    this.#ws = ws
    this.#options = options
    this.#handlers = handlers
    ws.on('pong', () => this.#pong())
    this.#timer = this.#next(options.intervalMs * options.random())
  }

  #next(ms: number): Disposable {
    return this.#options.clock.after(ms, () => this.#beat())
  }

  #beat(): void {
    if (this.#pingedAt !== undefined) {
      this.#handlers.onTimeout()
      return
    }
    this.#pingedAt = this.#options.clock.now()
    this.#ws.ping()
    this.#timer = this.#next(this.#options.intervalMs)
  }

  #pong(): void {
    if (this.#pingedAt === undefined) return
    this.#handlers.onPong(this.#options.clock.now() - this.#pingedAt)
    this.#pingedAt = undefined
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]()
  }
}
