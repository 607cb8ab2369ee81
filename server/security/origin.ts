import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { PetrelError } from '#core'
import type { TrustedProxies } from './trusted-proxies.ts'

/** True when this request may come from where it comes from. */
export type OriginCheck = (request: IncomingMessage) => boolean

/**
 * Browsers always send an origin: the server's own and the listed ones may connect. Other programs send none.
 * @throws PetrelError `bad_option` for an entry that is no origin.
 */
export function originCheck(allowed: readonly string[], proxies: TrustedProxies): OriginCheck {
  const listed = new Set(allowed.map(readEntry))
  return request => {
    const { origin } = request.headers
    if (origin === undefined) return true
    const from = parsed(origin)
    // `null` is what any page can make itself: from a sandboxed frame, or a file.
    if (!from) return false
    return (
      listed.has(from.origin) || (isOwn(from, proxies.asked(request)) && !isRebound(from, request, proxies))
    )
  }
}

/**
 * The server's own pages. Where nobody that is trusted says by which scheme the client asked, the host alone
 * decides: a proxy may have ended TLS. Default ports count as left out.
 */
function isOwn(from: URL, { scheme, host }: ReturnType<TrustedProxies['asked']>): boolean {
  if (host === undefined) return false
  if (scheme !== undefined && `${scheme}:` !== from.protocol) return false
  return parsed(`${from.protocol}//${host}`)?.host === from.host
}

/**
 * A page whose name was made to lead to this machine ("DNS rebinding") has the right host all the same: what comes
 * over loopback, and through no proxy that is known, must be called by an address or `localhost`.
 */
function isRebound({ hostname }: URL, request: IncomingMessage, proxies: TrustedProxies): boolean {
  const peer = request.socket.remoteAddress ?? ''
  const isLoopback = peer === '::1' || /^(::ffff:)?127\./.test(peer)
  if (!isLoopback || proxies.isTrusted(request)) return false
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && !/(^|\.)localhost$/.test(hostname)
}

/** An origin and nothing but an origin: no path, no user. */
function parsed(text: string): URL | undefined {
  if (!/^https?:\/\/[^/?#@\s]+$/i.test(text)) return undefined
  return URL.canParse(text) ? new URL(text) : undefined
}

function readEntry(text: string): string {
  const origin = parsed(text)?.origin
  if (origin !== undefined) return origin
  throw new PetrelError('bad_option', `"${text}" is no origin that can be allowed`, {
    hint: 'as https://app.example: scheme, host and port, without a path',
  })
}
