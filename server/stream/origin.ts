import type { IncomingMessage } from 'node:http'

/** Browsers always send an origin: the server's own and the listed ones may connect. Other programs send none. */
export function isAllowedOrigin({ headers }: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = headers
  if (origin === undefined || allowed.includes(origin)) return true
  try {
    return host !== undefined && new URL(origin).host === host
  } catch {
    return false
  }
}
