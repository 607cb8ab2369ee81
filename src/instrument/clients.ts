import { LRUCache } from 'lru-cache'
import { LOOPING_ATTEMPTS, METRICS, RECONNECT_WITHIN_MS } from '#catalog'
import type { Clock } from '#core'
import { Ends } from './ends.ts'
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
  /** Of its sessions; from the first on. */
  ends: Ends | undefined
}

const MINUTE_MS = 60_000
/** Clients that are kept in mind, about 300 bytes each. */
const MAX_CLIENTS = 20_000

export function trackClients(instruments: Instruments, clock: Clock): Clients {
  const seen = new LRUCache<string, Seen>({ max: MAX_CLIENTS })
  const first = instruments.tally(METRICS.wsOpensTotal, { kind: 'first' })
  const reconnect = instruments.tally(METRICS.wsOpensTotal, { kind: 'reconnect' })
  const reconnectDelay = instruments.timing(METRICS.wsReconnectDelaySeconds, {})

  instruments.onScrape(() => {
    const now = clock.now()
    const count = { ok: 0, failing: 0, looping: 0 }
    const gone: string[] = []
    for (const [key, client] of seen.entries()) {
      if (client.open === 0 && now - client.lastAt > MINUTE_MS) gone.push(key)
      else count[stateOf(client, now)] += 1
    }
    // Not on the way: an LRUCache that loses its oldest entry there goes on with the newest, and all count twice.
    for (const key of gone) seen.delete(key)
    for (const [state, clients] of Object.entries(count)) {
      instruments.set(METRICS.wsClients, { state }, clients)
    }
  })

  return {
    tried({ key }) {
      const now = clock.now()
      let client = seen.get(key)
      if (!client) {
        client = {
          lastAt: now,
          open: 0,
          served: true,
          minuteFrom: now,
          attempts: 0,
          attemptsBefore: 0,
          ends: undefined,
        }
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
    opened({ key, path }) {
      const known = seen.peek(key)
      if (known) known.open += 1
      const endedAt = known?.ends?.take(path)
      const delay = endedAt === undefined ? Number.POSITIVE_INFINITY : clock.now() - endedAt
      if (delay > RECONNECT_WITHIN_MS) return void first.add(1)
      reconnect.add(1)
      reconnectDelay.observe(delay / 1_000)
    },
    decided({ key }, { verdict }) {
      const client = seen.peek(key)
      if (client) client.served = verdict === 'good'
    },
    ended({ key, path }) {
      const known = seen.peek(key)
      if (!known) return
      known.lastAt = clock.now()
      known.open = Math.max(0, known.open - 1)
      known.ends ??= new Ends()
      known.ends.note(path, known.lastAt)
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
