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
