import { fileURLToPath } from 'node:url'
import { PetrelError, withTimeout } from '#core'
import { type OwnedProcess, startProcess } from '#stack'
import { readLine, type ServerLog, serverLog } from './server-log.ts'

export interface ReferenceServerOptions {
  /** Names the process in messages. */
  name: string
  /** Fault switches, as `send-in-catch`. None is the healthy build. */
  faults?: readonly string[]
  /** More flags of `petrel serve`, as `--heartbeat 1s`. */
  flags?: readonly string[]
  /** The whole log goes here too. */
  logFile?: string
  signal: AbortSignal
}

/** The reference server as a process of its own; everything else talks to it over the wire. */
export interface ReferenceServer extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  url: string
  /** `127.0.0.1:port`, as a scrape target is written. */
  address: string
  log: ServerLog
  process: OwnedProcess
}

const START_TIMEOUT_MS = 30_000
/**
 * Simulated latency of the history read: what a database takes on a busy day. A client that
 * leaves within 20 ms of the open is gone before the handler can send its first frame, as in the incident.
 */
const HISTORY_READ = '40ms'
/** The incident's server let every client in as often as it came. */
export const AS_PLAYED = ['--history-read', HISTORY_READ, '--loop-failures', '0'] as const

/** The command line's entry file: `.ts` in development, `.js` when built. */
const CLI_ENTRY = fileURLToPath(
  new URL(`../cli/bin.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
)

/**
 * Starts `petrel serve` on a free port and waits until it listens.
 * @throws PetrelError `server_start_failed` when it ends or stays silent instead.
 */
export async function startReferenceServer(options: ReferenceServerOptions): Promise<ReferenceServer> {
  const log = serverLog()
  const listening = Promise.withResolvers<string>()
  const args = [CLI_ENTRY, 'serve', '--port', '0', ...AS_PLAYED, '--fault-control', 'loopback']
  for (const fault of options.faults ?? []) args.push('--fault', fault)
  args.push(...(options.flags ?? []))
  const child = await startProcess({
    name: options.name,
    command: process.execPath,
    args,
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
    signal: options.signal,
    onLine(line) {
      log.add(line)
      const entry = readLine(line)
      if (entry?.msg === 'server_listening' && typeof entry.url === 'string') listening.resolve(entry.url)
    },
  })
  const ended = child.exited.then(({ code }) => {
    throw new PetrelError(
      'server_start_failed',
      `${options.name} ended with code ${code} before it listened`,
      {
        hint: child.tail().join('\n') || 'it printed nothing',
      },
    )
  })
  // Once it listens nobody waits for its end here any more.
  ended.catch(() => {})
  try {
    const url = await withTimeout(Promise.race([listening.promise, ended]), START_TIMEOUT_MS, () => {
      return new PetrelError('server_start_failed', `${options.name} did not listen within 30 s`)
    })
    return {
      url,
      address: new URL(url).host,
      log,
      process: child,
      [Symbol.asyncDispose]: () => child.stop(),
    }
  } catch (error) {
    await child.stop()
    throw error
  }
}
