import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type InstrumentOptions, instrument, type Meter, type MeteredSession } from './index.ts'

/** A bare server under measurement; every accepted socket goes to `onSession`. */
export interface MeasuredServer extends AsyncDisposable {
  meter: Meter
  port: number
  /** `ws://127.0.0.1:port` */
  url: string
}

export interface MeasuredServerOptions
  extends Pick<InstrumentOptions, 'clock' | 'hooks' | 'clientKey' | 'serves' | 'onVerdict'> {
  onSession?: (session: MeteredSession, ws: WebSocket) => void
  /** Routes an upgrade instead of accepting it. */
  onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer, meter: Meter) => void
}

export const ROUTE = '/api/v1/ws/{taskId}'

export async function startMeasuredServer(options: MeasuredServerOptions = {}): Promise<MeasuredServer> {
  const http = createServer((_request, response) => response.writeHead(404).end())
  const wss = new WebSocketServer({ noServer: true, maxPayload: 1_024, perMessageDeflate: false })
  const { onSession, onUpgrade, ...measured } = options
  const meter = instrument({ http, wss, routes: [ROUTE], ...measured })
  const sockets = new Set<Duplex>()
  http.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (onUpgrade) return onUpgrade(request, socket, head, meter)
    wss.handleUpgrade(request, socket, head, ws => {
      ws.on('error', () => {})
      const session = meter.session(ws)
      onSession?.(session, ws)
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  return {
    meter,
    port,
    url: `ws://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(done => http.close(done))
    },
  }
}

/** Waits for the end of a socket; unlike `once`, an error before it is no failure of the test. */
export const closed = (ws: WebSocket): Promise<void> => new Promise(done => ws.once('close', () => done()))

/** A TCP connection that sends the text as it is, for what no WebSocket client would send. */
export async function rawConnection(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

/** A handshake as text. */
export const handshake = (path: string, headers: Readonly<Record<string, string>> = {}): string =>
  `GET ${path} HTTP/1.1\r\n${Object.entries({
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
