import { LRUCache } from 'lru-cache'
import { LOOPING_ATTEMPTS, METRICS, RECONNECT_WITHIN_MS } from '#catalog'
import type { Clock } from '#core'
import type { Instruments } from './instruments.ts'
import type { SessionVerdict } from './session-verdict.ts'

/** Who asks for which stream. */
export interface Client {
  /** Tells clients apart; never a label. */
  key: string
  /** Path of the request, without its query: the task, for whatever server. */
  path: string
}

/** Follows each client over its attempts, in bounded memory. */
export interface Clients {
  /** A handshake has begun. */
  tried(client: Client): void
  /** It was refused. */
  refused(client: Client): void
  opened(client: Client): void
  decided(client: Client, verdict: SessionVerdict): void
  ended(client: Client): void
}

interface Seen {
  lastAt: number
  /** Sockets that are open now. */
  open: number
  /** What became of its last attempt that was decided. */
  served: boolean
  minuteFrom: number
  attempts: number
  /** Attempts of the minute before. */
  attemptsBefore: number
}

const MINUTE_MS = 60_000
/** Clients that are kept in mind, about 300 bytes each. */
const MAX_CLIENTS = 20_000

export function trackClients(instruments: Instruments, clock: Clock): Clients {
  const seen = new LRUCache<string, Seen>({ max: MAX_CLIENTS })
  /** When the last session of a client and task ended. */
  const ends = new LRUCache<string, number>({ max: MAX_CLIENTS })
  const streamOf = ({ key, path }: Client) => `${key} ${path}`

  instruments.onScrape(() => {
    const now = clock.now()
    const count = { ok: 0, failing: 0, looping: 0 }
    for (const [key, client] of seen.entries()) {
      if (client.open === 0 && now - client.lastAt > MINUTE_MS) seen.delete(key)
      else count[stateOf(client, now)] += 1
    }
    for (const [state, clients] of Object.entries(count)) {
      instruments.set(METRICS.wsClients, { state }, clients)
    }
  })

  return {
    tried({ key }) {
      const now = clock.now()
      let client = seen.get(key)
      if (!client) {
        client = { lastAt: now, open: 0, served: true, minuteFrom: now, attempts: 0, attemptsBefore: 0 }
        seen.set(key, client)
      }
      turnMinute(client, now)
      client.lastAt = now
      client.attempts += 1
    },
    refused({ key }) {
      const client = seen.peek(key)
      if (client) client.served = false
    },
    opened(client) {
      const known = seen.peek(client.key)
      if (known) known.open += 1
      const stream = streamOf(client)
      const endedAt = ends.get(stream)
      const delay = endedAt === undefined ? Number.POSITIVE_INFINITY : clock.now() - endedAt
      if (endedAt !== undefined) ends.delete(stream)
      const isReturn = delay <= RECONNECT_WITHIN_MS
      instruments.add(METRICS.wsOpensTotal, { kind: isReturn ? 'reconnect' : 'first' })
      if (isReturn) instruments.observe(METRICS.wsReconnectDelaySeconds, {}, delay / 1_000)
    },
    decided({ key }, { verdict }) {
      const client = seen.peek(key)
      if (client) client.served = verdict === 'good'
    },
    ended(client) {
      const known = seen.peek(client.key)
      if (known) {
        known.lastAt = clock.now()
        known.open = Math.max(0, known.open - 1)
      }
      ends.set(streamOf(client), clock.now())
    },
  }
}

function stateOf(client: Seen, now: number): 'ok' | 'failing' | 'looping' {
  if (client.served) return 'ok'
  turnMinute(client, now)
  // What is left of the minute before slides out evenly.
  const left = 1 - (now - client.minuteFrom) / MINUTE_MS
  return client.attempts + client.attemptsBefore * left >= LOOPING_ATTEMPTS ? 'looping' : 'failing'
}

function turnMinute(client: Seen, now: number): void {
  const passed = Math.floor((now - client.minuteFrom) / MINUTE_MS)
  if (passed < 1) return
  client.minuteFrom += passed * MINUTE_MS
  client.attemptsBefore = passed === 1 ? client.attempts : 0
  client.attempts = 0
}
