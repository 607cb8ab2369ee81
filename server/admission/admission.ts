import type { Clock, Random } from '#core'
import { type Client, type Instruments, METRICS, type SessionVerdict } from '#instrument'
import { CLOSE } from '#protocol'
import { type Logger, outside } from '../log.ts'
import type { ServerSettings } from '../settings/index.ts'
import { loopBreaker } from './loop-breaker.ts'
import type { Refused } from './refusals.ts'
import { tokenBucket } from './token-bucket.ts'

export interface AdmissionOptions {
  settings: ServerSettings
  instruments: Instruments
  log: Logger
  clock: Clock
  random: Random
}

/** Protects the server, and all that stands behind a connect, from more than it can bear. */
export interface Admission {
  /** Lets a client in, and holds its place until it has left; or says why not. */
  enter(client: Client): Refused | undefined
  /** The socket of one that was let in is gone. */
  left(): void
  /** A client asked for what it cannot have: one more failure of its own. */
  failed(client: Client): void
  decided(client: Client, verdict: SessionVerdict): void
}

/** Refused clients come back within so many milliseconds, each at a time of its own: together they would be refused again. */
const RETRY_SPREAD_MS = 5_000

export function admission({ settings, instruments, log, clock, random }: AdmissionOptions): Admission {
  const { connectionLimit, upgradeRate, upgradeBurst, loopFailures, loopHoldMs } = settings
  let held = 0
  const { now } = clock
  const bucket = tokenBucket({ ratePerSecond: upgradeRate, burst: upgradeBurst, now })
  const breaker = loopBreaker({
    failures: loopFailures,
    holdMs: loopHoldMs,
    now,
    onTrip(key) {
      instruments.add(METRICS.wsLoopBreakerTripsTotal, {})
      log.warn({ client: outside(key), failures: loopFailures, hold_ms: loopHoldMs }, 'client_looping')
    },
  })
  const later = () => 1_000 * Math.ceil((random() * RETRY_SPREAD_MS) / 1_000 || 1)

  function refusal(client: Client): Refused | undefined {
    const heldFor = breaker.heldFor(keyOf(client))
    if (heldFor > 0) {
      instruments.add(METRICS.wsAdmissionRefusalsTotal, { reason: 'looping' })
      return looping(heldFor)
    }
    if (held >= connectionLimit) {
      instruments.add(METRICS.wsAdmissionRefusalsTotal, { reason: 'connection_limit' })
      return full(later())
    }
    if (!bucket.take()) {
      instruments.add(METRICS.wsAdmissionRefusalsTotal, { reason: 'rate_limited' })
      return tooFast(later())
    }
    return undefined
  }

  return {
    enter(client) {
      const refused = refusal(client)
      if (refused) return refused
      held += 1
      return undefined
    },
    left() {
      held -= 1
    },
    failed: client => breaker.failed(keyOf(client)),
    decided(client, { verdict, reason }) {
      if (verdict === 'good') breaker.served(keyOf(client))
      // Every other end may be the server's doing or the network's.
      else if (reason === 'short_lived') breaker.failed(keyOf(client))
    },
  }
}

/** Behind one address there may be many: there a loop is one address on one task. */
const keyOf = ({ key, path }: Client) => (key.startsWith('id:') ? key : `${key} ${path}`)

const looping = (retryAfterMs: number): Refused => ({
  reason: 'rate_limited',
  status: 429,
  text: 'this client tries far too often without being served',
  code: CLOSE.looping,
  retryAfterMs,
})

const full = (retryAfterMs: number): Refused => ({
  reason: 'connection_limit',
  status: 503,
  text: 'the server holds as many streams as it can',
  code: CLOSE.tryAgainLater,
  retryAfterMs,
})

const tooFast = (retryAfterMs: number): Refused => ({
  reason: 'rate_limited',
  status: 429,
  text: 'too many clients come at once',
  code: CLOSE.tryAgainLater,
  retryAfterMs,
})
