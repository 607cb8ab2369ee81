import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '#core'
import { type Meter, pathOf, type Refusal } from '#instrument'
import { outside } from '../log.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { Refused } from './refusals.ts'
import { tokenBucket } from './token-bucket.ts'

/** Refusals within a second that are accepted and closed for a browser: each costs as much as a handshake. */
export const READABLE_PER_SECOND = 100

/** Answers a handshake with no. */
export type Refuse = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  refused: Refused,
  fields?: Readonly<Record<string, unknown>>,
) => void

/** Refuses so that the client can read it, and as cheaply as a flood demands. */
export function refuser(meter: Meter, log: RefusalLog, { now }: Clock): Refuse {
  const readable = tokenBucket({ ratePerSecond: READABLE_PER_SECOND, burst: READABLE_PER_SECOND, now })
  /** Answers are built once: of all that is in them only the time to come back varies, by whole seconds. */
  const built = new Map<string, Refusal>()

  function answerOf({ reason, status, text, headers, retryAfterMs = 0 }: Refused): Refusal {
    const seconds = Math.ceil(retryAfterMs / 1_000)
    const key = `${status} ${reason} ${text} ${seconds}`
    const known = built.get(key)
    if (known) return known
    const refusal: Refusal = {
      status,
      reason,
      body: `${JSON.stringify({ error: reason, text })}\n`,
      headers: {
        'Content-Type': 'application/json',
        ...(seconds > 0 ? { 'Retry-After': String(seconds) } : {}),
        ...headers,
      },
    }
    built.set(key, refusal)
    return refusal
  }

  return (request, socket, head, refused, fields) => {
    const { code, reason, text, readableFor, retryAfterMs } = refused
    const isReadable =
      code !== undefined &&
      (readableFor === 'everyone' || (request.headers.origin !== undefined && readable.take()))
    log.refused(reason, () => ({
      path: outside(pathOf(request.url)),
      ...(isReadable ? { close_code: code } : { status: refused.status }),
      text,
      ...fields,
      ...meter.traceIds(request),
    }))
    if (!isReadable) return meter.refuse(request, socket, answerOf(refused))
    const retry = retryAfterMs === undefined ? {} : { retry_after_ms: Math.ceil(retryAfterMs) }
    const frame = JSON.stringify({ type: 'error', code: String(code), text, ...retry })
    meter.refuseReadably(request, socket, head, { code, reason, frame })
  }
}
