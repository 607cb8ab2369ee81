import type { IncomingMessage } from 'node:http'
import type { HandshakeReason, NearMiss } from '#instrument'
import { CLOSE, STREAM_PATH } from '#protocol'
import { outside } from '../log.ts'
import type { TokenResult } from '../security/tokens.ts'

/** Why a handshake is refused, and how each kind of client is told. */
export interface Refused {
  reason: HandshakeReason
  /** Of the HTTP answer. */
  status: number
  text: string
  /** Close code for who must be able to read the reason: an HTTP answer is hidden from a browser's page. */
  code?: number
  /** Who gets the code instead of the HTTP answer; default is browsers, known by their origin. */
  readableFor?: 'everyone'
  /** The client shall not come back sooner. */
  retryAfterMs?: number
  headers?: Readonly<Record<string, string>>
}

const MISS_TEXT: Readonly<Record<NearMiss, string>> = {
  missing_prefix: `the prefix is missing; does the client leave it out, or a proxy strip it?`,
  extra_prefix: 'there is a prefix too many; does a proxy add it?',
  version: 'the version is another one',
  trailing_slash: 'the slash at the end is too many',
  missing_task: 'the task is missing',
  other: 'this path is no stream',
}

export function wrongPath(miss: NearMiss): Refused {
  const refused: Refused = {
    reason: 'wrong_path',
    status: 404,
    text: `streams are at ${STREAM_PATH}: ${MISS_TEXT[miss]}`,
  }
  // Who is close to a stream is a client of ours with a bug: its page must be able to read what is wrong.
  return miss === 'other' ? refused : { ...refused, code: CLOSE.wrongPath }
}

/** What ws finds wrong with a handshake: a method, a key or a version. */
export function badUpgrade(problem: string): Refused {
  const headers = { 'Sec-WebSocket-Version': '13, 8' }
  return { reason: 'bad_upgrade', status: 400, text: `this is no WebSocket handshake: ${problem}`, headers }
}

export const NOT_WEBSOCKET: Refused = {
  reason: 'not_websocket',
  status: 426,
  text: 'only WebSocket upgrades are served here',
  headers: { Upgrade: 'websocket' },
}

/** What reached us as a plain request: names the proxy that most likely dropped the upgrade, and how it would keep it. */
export function lostUpgrade({ headers, socket }: IncomingMessage): Refused {
  const isForwarded = ['via', 'x-forwarded-for', 'x-real-ip', 'forwarded'].some(name => name in headers)
  const proxy = headers.via ? `"${outside(String(headers.via))}"` : `at ${socket.remoteAddress}`
  const who = isForwarded
    ? `the proxy ${proxy} dropped it`
    : `if there is a proxy, the one ${proxy} dropped it`
  return {
    ...NOT_WEBSOCKET,
    text: `the request has no Upgrade header: ${who}. nginx passes it with proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, and proxy_set_header Connection "upgrade"`,
  }
}

export const DRAINING: Refused = {
  reason: 'draining',
  status: 503,
  text: 'the server goes away, come back',
  retryAfterMs: 1_000,
}

/** Never readable: a page of another site shall learn nothing. */
export const ORIGIN: Refused = { reason: 'origin', status: 403, text: 'this origin may not connect' }

export const STORE_AWAY: Refused = {
  reason: 'error',
  status: 503,
  text: 'the store of the tasks is away, come back',
  code: CLOSE.tryAgainLater,
  retryAfterMs: 1_000,
}

export const FAILED: Refused = { reason: 'error', status: 500, text: 'the handshake could not be decided' }

export const TASK_UNKNOWN: Refused = {
  reason: 'task_unknown',
  status: 404,
  text: 'there is no such task',
  code: CLOSE.taskUnknown,
  readableFor: 'everyone',
}

export const FORBIDDEN: Refused = {
  reason: 'forbidden',
  status: 403,
  text: "the task is somebody else's",
  code: CLOSE.forbidden,
}

export function unauthenticated({ problem, text }: Extract<TokenResult, { ok: false }>): Refused {
  return {
    reason: 'unauthenticated',
    status: 401,
    text,
    code: problem === 'expired' ? CLOSE.tokenExpired : CLOSE.unauthenticated,
    headers: { 'WWW-Authenticate': problem === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"' },
  }
}
