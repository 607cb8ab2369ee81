import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Registry } from 'prom-client'
import type { WebSocket, WebSocketServer } from 'ws'
import { FIRST_MESSAGE_MS, type HandshakeReason, LIVED_MS, METRICS } from '#catalog'
import { type Clock, DueQueue, systemClock } from '#core'
import { isTerminal, isUseful } from '#protocol'
import { clientKeyOf } from './client-key.ts'
import { type Client, trackClients } from './clients.ts'
import { socketOf } from './closing.ts'
import { measureEventLoop } from './event-loop.ts'
import { guarded } from './guarded.ts'
import { trackHandshakes } from './handshakes.ts'
import { createInstruments, type Instruments } from './instruments.ts'
import { meterSession, sessionOf } from './metered-session.ts'
import { sendTallies } from './send-tallies.ts'
import type { MeteredSession, SessionHooks, SessionTools } from './session.ts'
import { sessionTallies } from './session-tallies.ts'
import type { SessionVerdict } from './session-verdict.ts'
import type { ConnectionTracer, TraceIds } from './trace.ts'

export type { HandshakeReason, NearMiss, ReceivedType } from '#catalog'
export { METRICS } from '#catalog'
export { clientIdOf } from './client-key.ts'
export type { Client } from './clients.ts'
export type { Instruments } from './instruments.ts'
export { fits, nearMiss, pathOf } from './near-miss.ts'
export type { MeteredSession, ServerCloseReason, SessionListener } from './session.ts'
export type { SessionVerdict } from './session-verdict.ts'
export { mergeFrames, type SharedFrame, sharedFrame } from './shared-frame.ts'
export type {
  ConnectionTrace,
  ConnectionTracer,
  HandshakeAnswer,
  SessionSummary,
  TraceIds,
} from './trace.ts'

/** One of its callbacks that throws is answered for by its default, and told of as a warning of Node's. */
export interface InstrumentOptions {
  http: Server
  /** Created with `noServer: true`: the `path` option answers 400 without an event. */
  wss: WebSocketServer
  /** Paths that are streams, with `{name}` for one segment. */
  routes: readonly string[]
  /** Whether one of them is served now; default is always. */
  serves?: (route: string) => boolean
  /** Metrics go here; default is a registry of their own. */
  register?: Registry
  clock?: Clock
  /** Makes traces of connections; histograms then have exemplars. */
  tracer?: ConnectionTracer
  /** What counts as useful and as terminal; default is Petrel's protocol. */
  hooks?: Partial<SessionHooks>
  /** Tells clients apart; default is the `client_id` of the query, else the peer's address. */
  clientKey?: (request: IncomingMessage) => string
  /** Sockets that the server itself holds at most, for the metric. */
  connectionsLimit?: number
  /** Told how each session was decided. */
  onVerdict?: (client: Client, verdict: SessionVerdict) => void
}

/**
 * A refusal that is written as HTTP: a browser shows its page nothing but code 1006. One that is kept and used
 * again is built once.
 */
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
  /** Whose upgrade this socket is, from the `upgrade` event on until there is a session. */
  clientOf(socket: Duplex): Client | undefined
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
  const serves = guarded('serves', options.serves, () => true)
  const clientKey = guarded('clientKey', options.clientKey, clientKeyOf)
  const onVerdict = guarded('onVerdict', options.onVerdict, () => {})
  const hooks: SessionHooks = {
    isUseful: guarded('hooks.isUseful', options.hooks?.isUseful, isUseful),
    isTerminal: guarded('hooks.isTerminal', options.hooks?.isTerminal, isTerminal),
  }
  const instruments = createInstruments(routes, {
    ...(options.register ? { register: options.register } : {}),
    exemplars: options.tracer !== undefined,
  })
  measureEventLoop(instruments)
  const clients = trackClients(instruments, clock)
  const routesNow = () => routes.filter(serves)
  const handshakes = trackHandshakes(instruments, routesNow, clock, clients, clientKey, options.tracer)
  const tools: SessionTools = {
    instruments,
    tallies: sendTallies(instruments, hooks),
    counts: sessionTallies(instruments),
    hooks,
    clock,
    observer: {
      decided(client, verdict) {
        clients.decided(client, verdict)
        onVerdict(client, verdict)
      },
      ended: clients.ended,
    },
    firstMessageDue: new DueQueue(clock, FIRST_MESSAGE_MS, session => session.onFirstMessageDue()),
    lived: new DueQueue(clock, LIVED_MS - FIRST_MESSAGE_MS, session => session.onLived()),
  }
  const built = new WeakMap<Refusal, Buffer>()
  instruments.set(METRICS.wsConnectionsLimit, {}, options.connectionsLimit ?? Number.POSITIVE_INFINITY)
  http.prependListener('request', (request, response) => handshakes.plain(request, response))
  http.prependListener('upgrade', (request, socket) => handshakes.begin(request, socket))

  return {
    register: instruments.register,
    instruments,
    session(ws) {
      const known = sessionOf(ws)
      if (known) return known
      const handshake = handshakes.take(socketOf(ws))
      if (handshake) clients.opened(handshake.client)
      return meterSession(ws, tools, handshake?.client, handshake?.trace)
    },
    clientOf: handshakes.clientOf,
    traceIds: request => handshakes.traceOf(request)?.ids,
    refuse(request, socket, refusal) {
      // HTTP in the middle of frames would only confuse the peer.
      if (handshakes.isDecided(request)) return void socket.destroy()
      handshakes.setReason(request, refusal.reason)
      // The peer may be gone already; its error is not ours.
      socket.on('error', () => socket.destroy())
      const bytes = built.get(refusal) ?? bytesOf(refusal)
      built.set(refusal, bytes)
      // A peer that never closes its side would hold the socket for ever: no time limit of Node's applies any more.
      socket.end(bytes, () => socket.destroy())
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

function bytesOf({ status, body = '', headers = {} }: Refusal): Buffer {
  const lines = Object.entries({
    Connection: 'close',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
}
