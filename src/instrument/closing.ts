import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { CloseCause } from '#catalog'

/** Told how a socket ends. */
export interface Closing {
  /** The end has begun; the first cause counts. */
  closing(because: CloseCause): void
  /** The peer has sent its FIN. */
  ended(): void
  failed(error: Error): void
  /** The socket is gone. */
  closed(code: number, reason: Buffer): void
}

/** Where a socket keeps its session: listeners then need no closure. */
const SESSION = Symbol('petrel.session')
type Metered<T> = T & { [SESSION]?: Closing | undefined }
export type Internals = Metered<WebSocket> & {
  _closeFrameReceived?: boolean
  _receiver?: { errored: Error | null }
  _socket?: Metered<Socket>
}

export const closingOf = (ws: WebSocket): Closing | undefined => (ws as Internals)[SESSION]

export const socketOf = (ws: WebSocket) => (ws as WebSocket & { _socket?: Socket })._socket

/**
 * Learns what began the close. ws has no event for it: it calls its own `close()` when the peer's close frame
 * arrives, and only then is `_closeFrameReceived` set (ws 8, lib/websocket.js, receiverOnConclude).
 */
export function watchClosing(ws: Internals, session: Closing): void {
  ws[SESSION] = session
  ws.close = closeSeen
  ws.terminate = terminateSeen
  ws.on('error', onError)
  ws.on('close', onClose)
  if (!ws._socket) return
  ws._socket[SESSION] = session
  goAhead(ws._socket)
}

const original = (ws: Internals) => Object.getPrototypeOf(ws) as WebSocket

function closeSeen(this: Internals, ...args: Parameters<WebSocket['close']>): void {
  // ws closes by itself when the peer broke the protocol: that is no close of the server's.
  if (this._receiver?.errored) this[SESSION]?.closing('error')
  else this[SESSION]?.closing(this._closeFrameReceived ? 'peer_close' : 'local_close')
  original(this).close.apply(this, args)
}

function terminateSeen(this: Internals): void {
  this[SESSION]?.closing('terminate')
  original(this).terminate.call(this)
}

function onError(this: Internals, error: Error): void {
  this[SESSION]?.failed(error)
}

function onClose(this: Internals, code: number, reason: Buffer): void {
  this[SESSION]?.closed(code, reason)
}

/** ws's own listener, one function for all sockets; it closes on FIN. */
let endOfWs: ((this: Socket) => void) | undefined

/**
 * Hears of FIN ahead of ws. In the place of its listener, not beside it: Node makes room for nineteen listeners where
 * there are three.
 */
function goAhead(socket: Metered<Socket>): void {
  const [own] = socket.listeners('end').slice(-1) as [typeof endOfWs]
  endOfWs ??= own
  if (own === undefined || own !== endOfWs) return void socket.prependListener('end', onEnd)
  socket.off('end', own)
  socket.on('end', onEndOfWs)
}

function onEndOfWs(this: Metered<Socket>): void {
  this[SESSION]?.ended()
  endOfWs?.call(this)
}

function onEnd(this: Metered<Socket>): void {
  this[SESSION]?.ended()
}
