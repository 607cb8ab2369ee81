import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Refusal } from '#catalog'
import { type Clock, PetrelError } from '#core'

/** A proxy, gateway or login before a server: passes everything on, until it is told to refuse handshakes. */
export interface FrontDoor extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  url: string
  /** Cuts the WebSockets that go through it, and answers each new handshake of client n with the answer n. */
  refuse(answers: readonly Refusal[]): void
  /** Passes on again what comes, and cuts the handshakes that it left hanging. */
  pass(): void
  /** Cuts the WebSockets that go through it; what comes next passes. */
  cut(): void
  /** Takes no new connection, until it passes again. */
  shut(): void
}

const PAGE = '<!doctype html><title>Sign in</title><p>Sign in to continue.'
/** A slow door passes a handshake on after this time, in milliseconds. */
const SLOW_MS = 1_500
/** A request head that is longer is passed on unread. */
const HEAD_BYTES = 16 * 1024

const answer = (status: string, headers: readonly string[] = [], body = '') =>
  [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n')

/** What goes out for each answer that is one; `slow` and `hung` are none. */
const ANSWERS: Readonly<Record<Exclude<Refusal, 'slow' | 'hung'>, string>> = {
  400: answer('400 Bad Request'),
  401: answer('401 Unauthorized', ['WWW-Authenticate: Bearer']),
  403: answer('403 Forbidden'),
  404: answer('404 Not Found'),
  426: answer('426 Upgrade Required', ['Upgrade: websocket']),
  429: answer('429 Too Many Requests', ['Retry-After: 1']),
  503: answer('503 Service Unavailable', ['Retry-After: 1']),
  redirect: answer('301 Moved Permanently', ['Location: /login']),
  html: answer('200 OK', ['Content-Type: text/html'], PAGE),
}

/**
 * Opens a door before the server at `target`. It reads the first request of each connection, no more.
 * @throws PetrelError `bad_target` for an encrypted one, which nobody can stand before.
 */
export async function openFrontDoor(target: string, clock: Pick<Clock, 'after'>): Promise<FrontDoor> {
  const to = new URL(target)
  if (to.protocol !== 'http:') {
    throw new PetrelError('bad_target', `no door can be put before ${target}, which is encrypted`, {
      hint: 'name the http:// address that is behind its TLS',
    })
  }
  let answers: readonly Refusal[] | undefined
  let isShut = false
  const sockets = new Set<Socket>()
  const streams = new Set<Socket>()
  const hanging = new Set<Socket>()
  const keep = (socket: Socket, ...sets: Set<Socket>[]) => {
    for (const set of sets) set.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      for (const set of sets) set.delete(socket)
    })
  }

  function passOn(client: Socket, head: Buffer): void {
    if (client.destroyed) return
    const server = connect(Number(to.port || 80), to.hostname)
    keep(server, sockets)
    server.write(head)
    client.pipe(server).pipe(client)
    client.once('close', () => server.destroy())
    server.once('close', () => client.destroy())
  }

  function handle(client: Socket, head: Buffer): void {
    const text = head.toString('latin1')
    const isHandshake = /^upgrade: *websocket/im.test(text)
    if (isHandshake) keep(client, streams)
    const refusal = isHandshake ? answers?.[clientNumber(text) % answers.length] : undefined
    if (refusal === undefined) passOn(client, head)
    else if (refusal === 'hung') keep(client, hanging)
    else if (refusal === 'slow') clock.after(SLOW_MS, () => passOn(client, head))
    else client.end(ANSWERS[refusal])
  }

  const server = createServer(client => {
    if (isShut) {
      client.on('error', () => {})
      client.destroy()
      return
    }
    keep(client, sockets)
    let head = Buffer.alloc(0)
    const read = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk])
      if (!head.includes('\r\n\r\n') && head.length < HEAD_BYTES) return
      client.off('data', read)
      client.pause()
      handle(client, head)
      if (!client.destroyed && client.listenerCount('data') === 0) client.resume()
    }
    client.on('data', read)
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', listening)
  })
  const cutAll = (some: Set<Socket>) => {
    for (const socket of some) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse(next) {
      answers = next
      cutAll(streams)
    },
    pass() {
      answers = undefined
      isShut = false
      cutAll(hanging)
    },
    cut: () => cutAll(streams),
    shut() {
      isShut = true
    },
    async [Symbol.asyncDispose]() {
      cutAll(sockets)
      await new Promise(closed => server.close(closed))
    },
  }
}

/** The number of a crowd's client, from `client_id=client-7` of its first line; 0 for anybody else. */
function clientNumber(head: string): number {
  return Number(/^[^\r\n]*[?&]client_id=client-(\d+)/.exec(head)?.[1] ?? 0)
}
