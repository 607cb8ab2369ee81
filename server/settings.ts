import { PetrelError } from '#core'

/** What the server is told when it starts. Times in milliseconds. */
export interface ServerSettings {
  /** Loopback unless told otherwise. */
  host: string
  /** 0 takes a free one. */
  port: number
  /** Simulated latency of the history read, as a database has. */
  historyReadMs: number
  heartbeatMs: number
  /** Connections older than this, give or take a tenth, are sent away so that they spread; 0 never. */
  maxAgeMs: number
  /** A read for a connecting client that takes longer counts as failed. */
  historyTimeoutMs: number
  /** Bytes in a socket's buffer above which its client counts as slow, at least 65,536. */
  slowConsumerBytes: number
  /** A client that is slow for so long is closed with 4013. */
  slowConsumerMs: number
  /** Over how long an announced drain spreads its closes, within the grace time. */
  drainSpreadMs: number
  /** `redis://…` of a store that replicas share; without it tasks live in this process. */
  redisUrl: string | undefined
  /** Who knows it may publish events of external tasks; without it nobody may. */
  producerToken: string | undefined
  /** How long a stop may take before sockets are cut. */
  shutdownGraceMs: number
  /** Sent to clients: the first reconnect waits a random time within it. */
  reconnectWindowMs: number
  /** Simulated work of equal seeds is equal. */
  seed: number
  logLevel: string
  /** Origins beside the server's own that a browser may connect from. */
  allowedOrigins: readonly string[]
  /** Fault switches by name. */
  faults: ReadonlyMap<string, string>
}

export const DEFAULT_SETTINGS: ServerSettings = {
  host: '127.0.0.1',
  port: 8080,
  historyReadMs: 0,
  heartbeatMs: 25_000,
  maxAgeMs: 0,
  historyTimeoutMs: 1_500,
  slowConsumerBytes: 128 * 1024,
  slowConsumerMs: 10_000,
  drainSpreadMs: 1_000,
  redisUrl: undefined,
  producerToken: undefined,
  shutdownGraceMs: 5_000,
  reconnectWindowMs: 1_000,
  seed: 1,
  logLevel: 'info',
  allowedOrigins: [],
  faults: new Map(),
}

/** @throws PetrelError `port_busy` or `listen_failed`, from what Node says. */
export function listenError(error: unknown, { host, port }: ServerSettings): PetrelError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EADDRINUSE') {
    return new PetrelError('port_busy', `port ${port} of ${host} is taken`, {
      hint: 'end what listens there, or take a free port with --port 0',
    })
  }
  return new PetrelError('listen_failed', `cannot listen on ${host}:${port}`, { cause: error })
}
