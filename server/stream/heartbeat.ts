import type { Clock } from '#core'
import type { Beating, Beats } from './beats.ts'
import type { StreamSocket } from './stream-socket.ts'

export interface HeartbeatHandlers {
  /** Milliseconds from a ping to its pong. */
  onPong(roundTripMs: number): void
  /** Called once: a ping was not answered before the next one was due. */
  onTimeout(): void
}

/** What all heartbeats of a server share. */
export interface HeartbeatTools {
  clock: Clock
  beats: Beats
}

/** Pings at an interval, the first after a random part of it: a thousand that came at once do not ping at once. */
export const startHeartbeat = (
  ws: StreamSocket,
  tools: HeartbeatTools,
  handlers: HeartbeatHandlers,
): Disposable => new Heartbeat(ws, tools, handlers)

class Heartbeat implements Disposable, Beating {
  readonly #ws: StreamSocket
  readonly #tools: HeartbeatTools
  readonly #handlers: HeartbeatHandlers
  readonly #place: number
  #pingedAt: number | undefined

  constructor(ws: StreamSocket, tools: HeartbeatTools, handlers: HeartbeatHandlers) {
    this.#ws = ws
    this.#tools = tools
    this.#handlers = handlers
    ws.onPong = this
    this.#place = tools.beats.add(this)
  }

  beat(): void {
    if (this.#pingedAt !== undefined) {
      this[Symbol.dispose]()
      this.#handlers.onTimeout()
      return
    }
    this.#pingedAt = this.#tools.clock.now()
    this.#ws.ping()
  }

  pong(): void {
    if (this.#pingedAt === undefined) return
    this.#handlers.onPong(this.#tools.clock.now() - this.#pingedAt)
    this.#pingedAt = undefined
  }

  [Symbol.dispose](): void {
    this.#tools.beats.delete(this, this.#place)
  }
}
