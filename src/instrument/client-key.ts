import type { IncomingMessage } from 'node:http'

/** Longer ids are cut: they are kept in mind. */
const MAX_ID = 128
const CLIENT_ID = /[?&]client_id=([^&#]+)/

/** The id that a client sends of itself, as it stands in the URL; undefined without one. */
export function clientIdOf(url: string | undefined): string | undefined {
  const id = CLIENT_ID.exec(url ?? '')?.[1]
  return id === undefined ? undefined : bounded(id, MAX_ID)
}

/** The beginning of a text, as a copy: a slice would keep all of it in memory for as long as itself. */
export function bounded(text: string, length: number): string {
  return Buffer.from(text.slice(0, length), 'latin1').toString('latin1')
}

/** The client's own id, else its address. Behind a proxy that address is the proxy's: pass a `clientKey` there. */
export function clientKeyOf({ url, socket }: IncomingMessage): string {
  const id = clientIdOf(url)
  return id === undefined ? `ip:${socket.remoteAddress}` : `id:${id}`
}
