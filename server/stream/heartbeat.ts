import type { WebSocket } from 'ws'
import type { Clock } from '#core'
import type { Beating, Beats } from './beats.ts'

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
  ws: WebSocket,
  tools: HeartbeatTools,
  handlers: HeartbeatHandlers,
): Disposable => new Heartbeat(ws, tools, handlers)

/** Where a socket keeps its heartbeat: its listener then needs no closure. */
const HEARTBEAT = Symbol('petrel.heartbeat')
type Pinged = WebSocket & { [HEARTBEAT]?: Heartbeat }

function onPong(this: Pinged): void {
  this[HEARTBEAT]?.pong()
}

class Heartbeat implements Disposable, Beating {
  readonly #ws: Pinged
  readonly #tools: HeartbeatTools
  readonly #handlers: HeartbeatHandlers
  readonly #slot: number
  #pingedAt: number | undefined

  constructor(ws: Pinged, tools: HeartbeatTools, handlers: HeartbeatHandlers) {
    this.#ws = ws
    this.#tools = tools
    this.#handlers = handlers
    ws[HEARTBEAT] = this
    ws.on('pong', onPong)
    this.#slot = tools.beats.add(this)
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
    this.#tools.beats.delete(this, this.#slot)
  }
}
