import { PetrelError, withTimeout } from '#core'
import { onFreePort } from './free-port.ts'
import { type OwnedProcess, startProcess } from './owned-process.ts'

/** A Redis that ends with us. */
export interface Redis extends AsyncDisposable {
  /** `redis://127.0.0.1:port` */
  url: string
  process: OwnedProcess
}

const START_TIMEOUT_MS = 10_000

/**
 * Starts Redis (7 and later) on loopback, without anything on disk, and waits until it takes connections.
 * @throws PetrelError `port_busy`; `service_start_failed` with its last lines.
 */
export function startRedis({ path, folder, signal }: RedisOptions): Promise<Redis> {
  return onFreePort(async port => {
    const ready = Promise.withResolvers<void>()
    const args = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no' }
    const child = await startProcess({
      name: 'Redis',
      command: path,
      args: Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]),
      signal,
      onLine(line) {
        if (line.includes('Ready to accept connections')) ready.resolve()
      },
    })
    const ended = child.exited.then(() => {
      signal.throwIfAborted()
      const hint = child.tail().slice(-3).join('\n') || 'it printed nothing'
      const isTaken = /Address already in use/.test(hint)
      throw isTaken
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
    return { url: `redis://127.0.0.1:${port}`, process: child, [Symbol.asyncDispose]: () => child.stop() }
  })
}

interface RedisOptions {
  /** The binary. */
  path: string
  folder: string
  signal: AbortSignal
}
