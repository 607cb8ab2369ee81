import { LRUCache } from 'lru-cache'

export interface LoopBreakerOptions {
  /** Failed attempts of one client within a minute from which on it is held; 0 never. */
  failures: number
  /** How long it is held, in milliseconds. */
  holdMs: number
  /** Monotonic milliseconds. */
  now: () => number
  onTrip: (key: string) => void
}

/** A circuit breaker for each client: one that fails over and over is held, then may try once. */
export interface LoopBreaker {
  /** Milliseconds that this client is still held; 0 when it may try. */
  heldFor(key: string): number
  /** An attempt of this client did not serve it, and the server is not to blame. */
  failed(key: string): void
  /** An attempt served it. */
  served(key: string): void
}

interface Entry {
  since: number
  failures: number
  heldUntil: number
}

const WINDOW_MS = 60_000
/** Clients that are kept in mind; only those that fail are. */
const MAX_CLIENTS = 10_000

export function loopBreaker({ failures, holdMs, now, onTrip }: LoopBreakerOptions): LoopBreaker {
  if (failures === 0) return { heldFor: () => 0, failed: () => {}, served: () => {} }
  const entries = new LRUCache<string, Entry>({ max: MAX_CLIENTS })
  return {
    heldFor(key) {
      const entry = entries.get(key)
      return entry ? Math.max(0, entry.heldUntil - now()) : 0
    },
    failed(key) {
      const at = now()
      let entry = entries.get(key)
      if (!entry || at - Math.max(entry.since, entry.heldUntil) > WINDOW_MS) {
        entry = { since: at, failures: 0, heldUntil: Number.NEGATIVE_INFINITY }
        entries.set(key, entry)
      }
      // Attempts that were under way when it was held end now.
      if (entry.heldUntil > at) return
      entry.failures += 1
      if (entry.failures < failures) return
      entry.heldUntil = at + holdMs
      // After the hold one more failure is enough.
      entry.failures = failures - 1
      onTrip(key)
    },
    served: key => void entries.delete(key),
  }
}
