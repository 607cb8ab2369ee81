import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type HandshakeReason, METRICS, type NearMiss } from '#catalog'
import type { Clock } from '#core'
import { bounded } from './client-key.ts'
import type { Client, Clients } from './clients.ts'
import type { Instruments, Tally } from './instruments.ts'
import { fits, nearMiss, pathOf } from './near-miss.ts'
import type { ConnectionTrace, ConnectionTracer } from './trace.ts'

/** One handshake, from the raw upgrade event to the first bytes of its answer. */
interface Handshake extends Original {
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
  onStatus(handshake: Handshake, status: string): void
}

type Writing = (...args: unknown[]) => never
/** The socket's methods, until the first bytes are written. */
interface Original {
  write: Writing | undefined
  end: Writing | undefined
}

/** Where a request and its socket keep it: thousands of weak references would cost each collection dearly. */
const HANDSHAKE = Symbol('petrel.handshake')
type Watched<T> = T & { [HANDSHAKE]?: Handshake | undefined }
const handshakeOf = (holder: Watched<IncomingMessage | Duplex> | undefined) => holder?.[HANDSHAKE]

export interface Handshakes {
  /** Starts the clock of a request. Call it first on every `upgrade` event. */
  begin(request: IncomingMessage, socket: Duplex): void
  /** A plain request came. One with a handshake's key is a handshake that lost its upgrade on the way. */
  plain(request: IncomingMessage, response: ServerResponse): void
  /** Who opened a socket, until its session is taken. */
  clientOf(socket: Duplex | undefined): Client | undefined
  /** Hands over what a session needs of its handshake, which the socket then lets go. */
  take(socket: Duplex | undefined): Pick<Handshake, 'client' | 'trace'> | undefined
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
  const acceptedSeconds = instruments.timing(METRICS.wsHandshakeSeconds, { outcome: 'accepted' })
  const acceptedBy = new Map<string, { labels: HandshakeLabels; count: Tally }>()

  /** The way of most, resolved once for each route. */
  function acceptedOn(route: string) {
    let known = acceptedBy.get(route)
    if (!known) {
      const labels = legalLabels(instruments, { route, outcome: 'accepted', status: '101', reason: 'ok' })
      known = { labels, count: instruments.tally(METRICS.wsHandshakesTotal, labels) }
      acceptedBy.set(route, known)
    }
    return known
  }

  function decide(handshake: Handshake, status: string): void {
    if (handshake.decided) return
    handshake.decided = true
    const { route, miss, client, reason, began, trace } = handshake
    const accepted = status === '101' && reason === undefined
    if (accepted && route !== 'unmatched') {
      const { labels, count } = acceptedOn(route)
      trace?.decided(labels)
      count.add(1)
      acceptedSeconds.observe((clock.now() - began) / 1_000, trace?.exemplar)
      return
    }
    const labels = legalLabels(instruments, {
      route,
      outcome: accepted ? 'accepted' : 'refused',
      status,
      reason: accepted
        ? 'ok'
        : (reason ?? (route === 'unmatched' ? 'wrong_path' : REASON_BY_STATUS[status]) ?? 'error'),
    })
    trace?.decided(labels)
    instruments.add(METRICS.wsHandshakesTotal, labels)
    if (!accepted) clients.refused(client)
    instruments.observe(
      METRICS.wsHandshakeSeconds,
      { outcome: labels.outcome },
      (clock.now() - began) / 1_000,
      trace?.exemplar,
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
    return {
      began: clock.now(),
      route,
      miss,
      client,
      reason: undefined,
      decided: false,
      trace: undefined,
      onStatus: decide,
      write: undefined,
      end: undefined,
    }
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
      watchFirstBytes(socket as unknown as Writable, handshake)
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
    take(socket) {
      const watched: Watched<Duplex> | undefined = socket
      const handshake = watched?.[HANDSHAKE]
      // Before its answer the socket's methods still need it.
      if (watched && handshake?.decided) watched[HANDSHAKE] = undefined
      return handshake
    },
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

type Writable = { [HANDSHAKE]?: Handshake | undefined; off: Duplex['off'] } & Original

/** Of whoever leaves unanswered. */
function onClose(this: Watched<Duplex>): void {
  const handshake = this[HANDSHAKE]
  if (handshake) handshake.onStatus(handshake, 'other')
}

/**
 * Reads the status off the first bytes that are written, then steps out of the way. The methods are put back, not
 * deleted: an object that has lost a property is a dictionary to V8, larger and slower for all its life.
 */
function watchFirstBytes(socket: Writable, handshake: Handshake): void {
  handshake.write = socket.write
  handshake.end = socket.end
  socket.write = writeSeen
  socket.end = endSeen
}

function writeSeen(this: Writable, ...args: unknown[]): never {
  seen(this, args[0])
  return (this.write as Writing)(...args)
}

function endSeen(this: Writable, ...args: unknown[]): never {
  seen(this, args[0])
  return (this.end as Writing)(...args)
}

function seen(socket: Writable, chunk: unknown): void {
  const handshake = socket[HANDSHAKE]
  if (!handshake) return
  socket.write = handshake.write
  socket.end = handshake.end
  // Node makes room for nineteen listeners of an event when there is a third: an accepted socket lives long.
  socket.off('close', onClose)
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) handshake.onStatus(handshake, statusOf(chunk))
}

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/

function statusOf(chunk: string | Uint8Array): string {
  const text =
    typeof chunk === 'string' ? chunk.slice(0, 12) : Buffer.from(chunk.subarray(0, 12)).toString('latin1')
  return STATUS_LINE.exec(text)?.[1] ?? 'other'
}
