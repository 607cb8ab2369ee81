import { PetrelError, withTimeout } from '#core'
import { onFreePort } from './free-port.ts'
import { type OwnedProcess, startProcess } from './owned-process.ts'

export interface RedisOptions {
  /** The binary. */
  path: string
  folder: string
  /** It keeps what it knows in a file there, which is written at once or within a second; else it keeps nothing. */
  keeps?: 'always' | 'everysec'
  /** A free one when left away. */
  port?: number
  signal?: AbortSignal
}

/** A Redis that ends with us. */
export interface Redis extends AsyncDisposable {
  /** `redis://127.0.0.1:port` */
  url: string
  port: number
  process: OwnedProcess
}

const START_TIMEOUT_MS = 10_000

/**
 * Starts Redis (7 and later) on loopback and waits until it takes connections.
 * @throws PetrelError `port_busy`; `service_start_failed` with its last lines.
 */
export function startRedis(options: RedisOptions): Promise<Redis> {
  return options.port === undefined
    ? onFreePort(port => startOn(port, options))
    : startOn(options.port, options)
}

async function startOn(port: number, { path, folder, keeps, signal }: RedisOptions): Promise<Redis> {
  const ready = Promise.withResolvers<void>()
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    ...(keeps === undefined ? { appendonly: 'no' } : { appendonly: 'yes', appendfsync: keeps }),
  }
  const child = await startProcess({
    name: 'Redis',
    command: path,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(signal === undefined ? {} : { signal }),
    onLine(line) {
      if (line.includes('Ready to accept connections')) ready.resolve()
    },
  })
  const ended = child.exited.then(() => {
    signal?.throwIfAborted()
    const hint = child.tail().slice(-3).join('\n') || 'it printed nothing'
    throw /address already in use/i.test(hint)
      ? new PetrelError('port_busy', `Redis cannot have port ${port}`, { hint })
      : new PetrelError('service_start_failed', 'Redis ended while it started', { hint })
  })
  // Once it is ready nobody waits for its end here any more.
  ended.catch(() => {})
  try {
    const late = () => new PetrelError('service_start_failed', 'Redis did not start within 10 s')
    await withTimeout(Promise.race([ready.promise, ended]), START_TIMEOUT_MS, late)
  } catch (error) {
    await child.stop()
    throw error
  }
  const url = `redis://127.0.0.1:${port}`
  return { url, port, process: child, [Symbol.asyncDispose]: () => child.stop() }
}
