import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Registry } from 'prom-client'
import type { WebSocket, WebSocketServer } from 'ws'
import type { HandshakeReason } from '#catalog'
import { type Clock, systemClock } from '#core'
import { measureEventLoop } from './event-loop.ts'
import { trackHandshakes } from './handshakes.ts'
import { createInstruments, type Instruments } from './instruments.ts'
import {
  type MeteredSession,
  meterSession,
  PROTOCOL_HOOKS,
  type SessionHooks,
  sendTallies,
  socketOf,
} from './session.ts'
import type { ConnectionTracer, TraceIds } from './trace.ts'

export type { HandshakeReason, ReceivedType } from '#catalog'
export { METRICS } from '#catalog'
export type { Instruments } from './instruments.ts'
export { fits, pathOf } from './near-miss.ts'
export type { MeteredSession, ServerCloseReason } from './session.ts'
export { mergeFrames, type SharedFrame, sharedFrame } from './shared-frame.ts'
export type {
  ConnectionTrace,
  ConnectionTracer,
  HandshakeAnswer,
  SessionSummary,
  TraceIds,
} from './trace.ts'

export interface InstrumentOptions {
  http: Server
  /** Created with `noServer: true`: the `path` option answers 400 without an event. */
  wss: WebSocketServer
  /** Paths that are streams, with `{name}` for one segment. */
  routes: readonly string[]
  /** Metrics go here; default is a registry of their own. */
  register?: Registry
  clock?: Clock
  /** Makes traces of connections; histograms then have exemplars. */
  tracer?: ConnectionTracer
  /** What counts as useful and as terminal; default is Petrel's protocol. */
  hooks?: Partial<SessionHooks>
}

/** A refusal that is written as HTTP: a browser shows its page nothing but code 1006. */
export interface Refusal {
  status: number
  reason: HandshakeReason
  body?: string
  headers?: Readonly<Record<string, string>>
}

/** A refusal that a browser can read: accepted, then closed with a code. */
export interface ReadableRefusal {
  code: number
  reason: HandshakeReason
  /** Sent before the close. */
  frame?: string
}

export interface Meter {
  register: Registry
  instruments: Instruments
  /** The measured session of an accepted socket; call it in the callback of `handleUpgrade`. */
  session(ws: WebSocket): MeteredSession
  /** Ids of the trace of a handshake, for its log lines; undefined without a tracer. */
  traceIds(request: IncomingMessage): TraceIds | undefined
  /** Writes the refusal and ends the socket; one that was answered already is cut. */
  refuse(request: IncomingMessage, socket: Duplex, refusal: Refusal): void
  refuseReadably(request: IncomingMessage, socket: Duplex, head: Buffer, refusal: ReadableRefusal): void
}

/**
 * Measures a Node HTTP server with a `ws` server: handshakes from the raw upgrade event on, sessions, sends and
 * closes, in the metrics of the catalogue. The server goes on routing upgrades itself.
 */
export function instrument(options: InstrumentOptions): Meter {
  const { http, wss, routes, clock = systemClock } = options
  const instruments = createInstruments(routes, {
    ...(options.register ? { register: options.register } : {}),
    exemplars: options.tracer !== undefined,
  })
  measureEventLoop(instruments)
  const handshakes = trackHandshakes(instruments, routes, clock, options.tracer)
  const tallies = sendTallies(instruments)
  const hooks = { ...PROTOCOL_HOOKS, ...options.hooks }
  const sessions = new WeakMap<WebSocket, MeteredSession>()
  http.prependListener('upgrade', (request, socket) => handshakes.begin(request, socket))

  return {
    register: instruments.register,
    instruments,
    session(ws) {
      const known = sessions.get(ws)
      if (known) return known
      const trace = handshakes.traceOf(socketOf(ws))
      const session = meterSession(ws, instruments, tallies, hooks, clock, trace)
      sessions.set(ws, session)
      return session
    },
    traceIds: request => handshakes.traceOf(request)?.ids,
    refuse(request, socket, { status, reason, body = '', headers = {} }) {
      // HTTP in the middle of frames would only confuse the peer.
      if (handshakes.isDecided(request)) return void socket.destroy()
      handshakes.setReason(request, reason)
      // The peer may be gone already; its error is not ours.
      socket.on('error', () => socket.destroy())
      const lines = Object.entries({
        Connection: 'close',
        'Content-Length': String(Buffer.byteLength(body)),
        ...headers,
      }).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
    },
    refuseReadably(request, socket, head, { code, reason, frame }) {
      handshakes.setReason(request, reason)
      wss.handleUpgrade(request, socket, head, ws => {
        ws.on('error', () => ws.terminate())
        if (frame !== undefined) ws.send(frame)
        ws.close(code, reason)
      })
    },
  }
}
