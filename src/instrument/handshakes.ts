import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type HandshakeReason, METRICS, type NearMiss } from '#catalog'
import type { Clock } from '#core'
import { bounded } from './client-key.ts'
import type { Client, Clients } from './clients.ts'
import type { Instruments } from './instruments.ts'
import { fits, nearMiss, pathOf } from './near-miss.ts'
import type { ConnectionTrace, ConnectionTracer } from './trace.ts'

/** One handshake, from the raw upgrade event to the first bytes of its answer. */
interface Handshake {
  began: number
  /** The template that the path fits, or `unmatched`. */
  route: string
  /** How the path misses, when it fits none. */
  miss: NearMiss | undefined
  client: Client
  /** Set by whoever refuses; else it is read off the status. */
  reason: HandshakeReason | undefined
  decided: boolean
  trace: ConnectionTrace | undefined
}

/** Where a request and its socket keep it: thousands of weak references would cost each collection dearly. */
const HANDSHAKE = Symbol('petrel.handshake')
type Watched<T> = T & { [HANDSHAKE]?: Handshake }
const handshakeOf = (holder: Watched<IncomingMessage | Duplex> | undefined) => holder?.[HANDSHAKE]

export interface Handshakes {
  /** Starts the clock of a request. Call it first on every `upgrade` event. */
  begin(request: IncomingMessage, socket: Duplex): void
  /** A plain request came. One with a handshake's key is a handshake that lost its upgrade on the way. */
  plain(request: IncomingMessage, response: ServerResponse): void
  /** Who opened a socket, while it lives. */
  clientOf(socket: Duplex | undefined): Client | undefined
  /** Names the reason of the refusal that is about to be written. */
  setReason(request: IncomingMessage, reason: HandshakeReason): void
  /** True once an answer was written. */
  isDecided(request: IncomingMessage): boolean
  /** The trace of a request, or of the socket that it came on. */
  traceOf(key: IncomingMessage | Duplex | undefined): ConnectionTrace | undefined
}

/** Of a path, so much is kept for as long as its client is kept in mind. */
const MAX_KEPT_PATH = 256

const REASON_BY_STATUS: Readonly<Record<string, HandshakeReason>> = {
  '101': 'ok',
  '400': 'bad_upgrade',
  '401': 'unauthenticated',
  '403': 'forbidden',
  '404': 'task_unknown',
  '426': 'not_websocket',
  '429': 'rate_limited',
  '503': 'connection_limit',
}

/**
 * Counts each handshake once, by what is really written to its socket: the library's own refusals, a handler's,
 * a crash that writes nothing. No outcome depends on anybody's cooperation.
 */
export function trackHandshakes(
  instruments: Instruments,
  /** Templates that are streams now. */
  routesNow: () => readonly string[],
  clock: Clock,
  clients: Clients,
  clientKey: (request: IncomingMessage) => string,
  tracer: ConnectionTracer | undefined,
): Handshakes {
  let lastPath = ''

  function decide(handshake: Handshake, status: string): void {
    if (handshake.decided) return
    handshake.decided = true
    const { route, miss, client, reason } = handshake
    const accepted = status === '101' && reason === undefined
    const labels = legalLabels(instruments, {
      route,
      outcome: accepted ? 'accepted' : 'refused',
      status,
      reason: accepted
        ? 'ok'
        : (reason ?? (route === 'unmatched' ? 'wrong_path' : REASON_BY_STATUS[status]) ?? 'error'),
    })
    handshake.trace?.decided(labels)
    instruments.add(METRICS.wsHandshakesTotal, labels)
    if (!accepted) clients.refused(client)
    instruments.observe(
      METRICS.wsHandshakeSeconds,
      { outcome: labels.outcome },
      (clock.now() - handshake.began) / 1_000,
      handshake.trace?.exemplar,
    )
    if (miss) instruments.add(METRICS.wsUnmatchedPathTotal, { near_miss: miss })
  }

  function start(request: IncomingMessage): Handshake {
    const path = pathOf(request.url)
    const templates = routesNow()
    const route = templates.find(template => fits(path, template)) ?? 'unmatched'
    const miss = route === 'unmatched' ? nearMiss(path, templates) : undefined
    // Many that come at once come for one task: one copy of its path is enough.
    if (path !== lastPath) lastPath = bounded(path, MAX_KEPT_PATH)
    const client = { key: clientKey(request), path: lastPath }
    clients.tried(client)
    return { began: clock.now(), route, miss, client, reason: undefined, decided: false, trace: undefined }
  }

  /** Of whoever leaves unanswered. */
  function onClose(this: Watched<Duplex>): void {
    const handshake = this[HANDSHAKE]
    if (handshake) decide(handshake, 'other')
  }

  return {
    begin(request, socket) {
      const watched: Watched<IncomingMessage> = request
      if (watched[HANDSHAKE]) return
      const handshake = start(request)
      handshake.trace = tracer?.begin(request, handshake.route)
      watched[HANDSHAKE] = handshake
      ;(socket as Watched<Duplex>)[HANDSHAKE] = handshake
      socket.on('close', onClose)
      watchFirstBytes(socket, status => {
        // Node makes room for nineteen listeners of an event when there is a third: an accepted socket lives long.
        socket.off('close', onClose)
        decide(handshake, status)
      })
    },
    plain(request, response) {
      if (request.headers['sec-websocket-key'] === undefined) return
      const handshake = start(request)
      handshake.reason = 'not_websocket'
      response.once('close', () =>
        decide(handshake, response.headersSent ? String(response.statusCode) : 'other'),
      )
    },
    clientOf: socket => handshakeOf(socket)?.client,
    setReason(request, reason) {
      const handshake = handshakeOf(request)
      if (handshake) handshake.reason = reason
    },
    isDecided: request => handshakeOf(request)?.decided === true,
    traceOf: key => handshakeOf(key)?.trace,
  }
}

type HandshakeLabels = { route: string; outcome: string; status: string; reason: string }

/** Folds labels that the catalogue does not know into some that it does. */
function legalLabels(instruments: Instruments, labels: HandshakeLabels): HandshakeLabels {
  if (instruments.isLegal(METRICS.wsHandshakesTotal, labels)) return labels
  const reason =
    labels.reason === 'not_websocket' ? labels.reason : labels.route === 'unmatched' ? 'wrong_path' : 'error'
  const candidates = [
    { ...labels, status: 'other' },
    { ...labels, outcome: 'refused', status: 'other', reason },
  ]
  return candidates.find(candidate => instruments.isLegal(METRICS.wsHandshakesTotal, candidate)) ?? labels
}

/**
 * Reads the status off the first bytes that are written, then steps out of the way. The methods are put back, not
 * deleted: an object that has lost a property is a dictionary to V8, larger and slower for all its life.
 */
function watchFirstBytes(socket: Duplex, onStatus: (status: string) => void): void {
  type Writing = (...args: unknown[]) => never
  const watched = socket as unknown as { write: Writing; end: Writing }
  const { write, end } = watched
  const seen =
    (original: Writing): Writing =>
    (...args) => {
      watched.write = write
      watched.end = end
      const [chunk] = args
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) onStatus(statusOf(chunk))
      return original.apply(socket, args)
    }
  watched.write = seen(write)
  watched.end = seen(end)
}

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/

function statusOf(chunk: string | Uint8Array): string {
  const text =
    typeof chunk === 'string' ? chunk.slice(0, 12) : Buffer.from(chunk.subarray(0, 12)).toString('latin1')
  return STATUS_LINE.exec(text)?.[1] ?? 'other'
}
