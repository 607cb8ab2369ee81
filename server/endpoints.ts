import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { WebSocketServer } from 'ws'
import { MAX_CLIENT_FRAME_BYTES, TOKEN_SUBPROTOCOL_PREFIX } from '#protocol'
import type { ServerSettings } from './settings/index.ts'
import { StreamSocket } from './stream/stream-socket.ts'

/** A peer has so long to finish a close before its socket is cut. */
const CLOSE_TIMEOUT_MS = 2_000
const REQUEST_TIMEOUT_MS = 10_000
/** Room for a token and a proxy's headers. */
const MAX_HEADER_BYTES = 8 * 1024
/** Sockets beside the streams: tasks, scrapes, and requests that are not whole yet. */
const HTTP_CONNECTIONS = 1_000

/** Sockets that one of the server's accept queues takes at most; which one a client comes to is the kernel's choice. */
export const socketsOf = (queues: number, { connectionLimit }: Pick<ServerSettings, 'connectionLimit'>) =>
  Math.ceil(connectionLimit / queues) + HTTP_CONNECTIONS

/**
 * Whether an upgrade is a WebSocket's, by its header or its key. Java's client asks for HTTP/2 with its first request:
 * without this Node would hand that over as an upgrade, and it would be refused.
 */
const isHandshake = ({ headers }: IncomingMessage) =>
  headers['sec-websocket-key'] !== undefined || headers.upgrade?.toLowerCase() === 'websocket'

/** The HTTP side with its limits, without its routes. `onClientError` ends what the parser gave up. */
export function openHttp(
  { handshakeTimeoutMs }: ServerSettings,
  onClientError: (error: Error & { code?: string }, socket: Socket) => void,
): FastifyInstance {
  return fastify({
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    requestTimeout: Math.max(REQUEST_TIMEOUT_MS, handshakeTimeoutMs),
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: handshakeTimeoutMs,
      // Node looks this often for requests that are late; every 30 s if nobody says so.
      connectionsCheckingInterval: Math.min(1_000, handshakeTimeoutMs / 4),
      shouldUpgradeCallback: isHandshake,
    },
    clientErrorHandler: onClientError,
  })
}

/** The WebSocket side with its limits; what it accepts is a `StreamSocket`. */
export function openWebSockets(): WebSocketServer {
  const options = {
    WebSocket: StreamSocket,
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_CLIENT_FRAME_BYTES,
    perMessageDeflate: false,
    // A flood of pings is answered by its code, like any other: see `Inbound`.
    autoPong: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: (offered: Set<string>) =>
      [...offered].find(name => !name.startsWith(TOKEN_SUBPROTOCOL_PREFIX)) ?? false,
  }
  return new WebSocketServer(options as ConstructorParameters<typeof WebSocketServer>[0])
}
