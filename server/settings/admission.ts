import { setting } from './define.ts'
import { duration, list, wholeNumber } from './kinds.ts'

const HOUR = 3_600_000
const ADDRESS = /^[\da-fA-F.:]+(\/\d{1,3})?$/

/** How many are let in, and how fast. */
export const ADMISSION_SETTINGS = {
  connectionLimit: setting({
    variable: 'PETREL_CONNECTION_LIMIT',
    kind: wholeNumber(1, 10_000_000),
    default: 20_000,
    description: 'Streams that are open at once; more are refused with 503 and come back later.',
  }),
  upgradeRate: setting({
    variable: 'PETREL_UPGRADE_RATE',
    kind: wholeNumber(0, 1_000_000),
    default: 1_000,
    description: 'Upgrades per second that are let in in the long run; 0 is without limit.',
  }),
  upgradeBurst: setting({
    variable: 'PETREL_UPGRADE_BURST',
    kind: wholeNumber(1, 10_000_000),
    default: 5_000,
    description:
      'Upgrades that are let in at once: as many clients as come back together after a restart, at about 85 µs of CPU each.',
  }),
  acceptQueues: setting({
    variable: 'PETREL_ACCEPT_QUEUES',
    kind: wholeNumber(1, 16),
    default: 1,
    description:
      'Queues for connections that are not accepted yet: with 2, thousands that come back at once wait less. Needs SO_REUSEPORT; a second server on the port is then not noticed.',
  }),
  loopFailures: setting({
    variable: 'PETREL_LOOP_FAILURES',
    kind: wholeNumber(0, 1_000_000),
    default: 30,
    description:
      'A client that failed so often within a minute, by leaving within a second or by asking for what it may not have, is held; 0 holds nobody.',
  }),
  loopHoldMs: setting({
    variable: 'PETREL_LOOP_HOLD',
    kind: duration(100, HOUR),
    default: 30_000,
    description: 'How long a looping client is held before it may try once more.',
  }),
  handshakeTimeoutMs: setting({
    variable: 'PETREL_HANDSHAKE_TIMEOUT',
    kind: duration(100, 60_000),
    default: 10_000,
    description: 'A request whose headers are not whole by then is cut.',
  }),
  trustedProxies: setting<readonly string[]>({
    variable: 'PETREL_TRUSTED_PROXY',
    kind: list(ADDRESS, 'addresses and networks, as 127.0.0.1 or 10.0.0.0/8, divided by commas'),
    default: [],
    description:
      'Proxies whose X-Forwarded-For, -Proto and -Host are believed. Anybody can send those headers: without an entry nobody is.',
  }),
}
