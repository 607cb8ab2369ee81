import { FAULTS } from '#catalog'
import { withoutPassword } from '#core'
import { ADMISSION_SETTINGS } from './admission.ts'
import { setting } from './define.ts'
import { parseFaults } from './faults.ts'
import { choice, duration, list, parsedList, text, wholeNumber } from './kinds.ts'
import { TOKEN_SETTINGS } from './tokens.ts'

const HOUR = 3_600_000

/** Every setting of the server, in the order of the pages. Times are milliseconds. */
export const SETTINGS = {
  host: setting({
    variable: 'PETREL_HOST',
    kind: text(/^[\w.:-]+$/, 'an address or a host name'),
    default: '127.0.0.1',
    description: 'Address to listen on; loopback unless told otherwise.',
  }),
  port: setting({
    variable: 'PETREL_PORT',
    kind: wholeNumber(0, 65_535),
    default: 8080,
    description: 'Port to listen on; 0 takes a free one.',
  }),
  metricsPort: setting<number | undefined>({
    variable: 'PETREL_METRICS_PORT',
    kind: wholeNumber(0, 65_535),
    default: undefined,
    description:
      'Serves /metrics on a port of its own, and no longer on the other; 0 takes a free one. Without it both are one.',
  }),
  metricsHost: setting({
    variable: 'PETREL_METRICS_HOST',
    kind: text(/^[\w.:-]+$/, 'an address or a host name'),
    default: '127.0.0.1',
    description: 'Address of that port; loopback unless told otherwise.',
  }),
  redisUrl: setting<string | undefined>({
    variable: 'PETREL_REDIS',
    kind: text(/^rediss?:\/\/\S+$/, 'a URL, as redis://127.0.0.1:6379', 'URL'),
    default: undefined,
    description: 'Store that replicas share; without it tasks live in this process.',
    mask: withoutPassword,
  }),
  allowedOrigins: setting<readonly string[]>({
    variable: 'PETREL_ALLOW_ORIGIN',
    kind: list(/^https?:\/\/[^/\s]+$/, 'origins, as https://app.example, divided by commas'),
    default: [],
    description: "Origins beside the server's own that a browser may connect from.",
  }),
  producerToken: setting<string | undefined>({
    variable: 'PETREL_PRODUCER_TOKEN',
    kind: text(/^\S{16,}$/, 'at least 16 characters without a space'),
    default: undefined,
    description: 'Who knows it may publish events of external tasks; without it nobody may.',
    isSecret: true,
  }),
  ...TOKEN_SETTINGS,
  ...ADMISSION_SETTINGS,
  heartbeatMs: setting({
    variable: 'PETREL_HEARTBEAT',
    kind: duration(10, HOUR),
    default: 25_000,
    description: 'Time between pings; a ping that is not answered before the next ends the connection.',
  }),
  maxAgeMs: setting({
    variable: 'PETREL_MAX_AGE',
    kind: duration(0, 168 * HOUR),
    default: 0,
    description:
      'Connections older than this, give or take a tenth, are sent away so that they spread; 0s never.',
  }),
  reconnectWindowMs: setting({
    variable: 'PETREL_RECONNECT_WINDOW',
    kind: duration(0, HOUR),
    default: 1_000,
    description: 'Sent to clients: the first reconnect waits a random time within it.',
  }),
  historyTimeoutMs: setting({
    variable: 'PETREL_HISTORY_TIMEOUT',
    kind: duration(1, HOUR),
    default: 1_500,
    description: 'A read for a connecting client that takes longer counts as failed.',
  }),
  slowConsumerBytes: setting({
    variable: 'PETREL_SLOW_CONSUMER_BYTES',
    kind: wholeNumber(65_536, 1_073_741_824, 'bytes'),
    default: 128 * 1024,
    description: "Bytes in a socket's buffer above which its client counts as slow.",
  }),
  slowConsumerMs: setting({
    variable: 'PETREL_SLOW_CONSUMER_TIME',
    kind: duration(1, HOUR),
    default: 10_000,
    description: 'A client that is slow for so long is closed with 4013.',
  }),
  drainSpreadMs: setting({
    variable: 'PETREL_DRAIN_SPREAD',
    kind: duration(0, HOUR),
    default: 1_000,
    description: 'Over how long an announced drain spreads its closes; at most half of the grace time.',
  }),
  shutdownGraceMs: setting({
    variable: 'PETREL_SHUTDOWN_GRACE',
    kind: duration(0, HOUR),
    default: 5_000,
    description: 'How long a stop may take before sockets are cut.',
  }),
  logLevel: setting<string>({
    variable: 'PETREL_LOG_LEVEL',
    kind: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    description: 'The least important lines that are logged.',
  }),
  seed: setting({
    variable: 'PETREL_SEED',
    kind: wholeNumber(0, 2 ** 32 - 1),
    default: 1,
    description: 'Simulated work of equal seeds is equal.',
  }),
  historyReadMs: setting({
    variable: 'PETREL_HISTORY_READ',
    kind: duration(0, 60_000),
    default: 0,
    description: 'Simulated latency of the history read, as a database has.',
  }),
  faults: setting<ReadonlyMap<string, string>>({
    variable: 'PETREL_FAULT',
    kind: parsedList(
      parseFaults,
      faults => [...faults].map(([name, variant]) => `${name}=${variant}`),
      'fault switches, as send-in-catch or send-in-catch=on, divided by commas',
      Object.values(FAULTS).map(({ name }) => name),
    ),
    default: new Map(),
    description: 'Bugs to turn on; all are off by default.',
  }),
  faultControl: setting<'off' | 'loopback'>({
    variable: 'PETREL_FAULT_CONTROL',
    kind: choice(['off', 'loopback']),
    default: 'off',
    description: 'Who may switch bugs while the server runs: nobody, or programs on this machine.',
  }),
}
