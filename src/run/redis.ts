import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PetrelError, type Scope } from '#core'
import { type FoundTool, type OwnedProcess, onFreePort, startProcess } from '#stack'

/** A Redis of the run's own, on loopback, with its data in a file: it comes back with what it knew. */
export interface OwnRedis {
  url: string
  port: number
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  /** Starts it again on its port, with its data. */
  restart(): Promise<void>
  /** It stands still, and its connections stay. */
  freeze(): void
  thaw(): void
}

const SETTINGS = { bind: '127.0.0.1', save: '', appendonly: 'yes', appendfsync: 'everysec' }

/**
 * Starts Redis (7 and later); it ends with the scope.
 * @throws PetrelError `service_start_failed`
 */
export async function startOwnRedis(
  tool: FoundTool,
  folder: string,
  signal: AbortSignal,
  scope: Scope,
): Promise<OwnRedis> {
  await mkdir(join(folder, 'redis'), { recursive: true })
  let child: OwnedProcess | undefined
  const start = async (port: number) => {
    const ready = Promise.withResolvers<void>()
    const options = { ...SETTINGS, port, dir: join(folder, 'redis') }
    const started = await startProcess({
      name: 'Redis',
      command: tool.path,
      args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      signal,
      onLine(line) {
        if (line.includes('Ready to accept connections')) ready.resolve()
      },
    })
    child = started
    void started.exited.then(() => {
      const hint = started.tail().slice(-3).join('\n')
      const isBusy = /address already in use/i.test(hint)
      ready.reject(
        new PetrelError(isBusy ? 'port_busy' : 'service_start_failed', 'Redis ended while it started', {
          hint: hint || 'it printed nothing',
        }),
      )
    })
    await ready.promise
    return port
  }
  const signalIt = (name: NodeJS.Signals) => {
    // It may have ended just now; then there is nothing to tell it.
    if (child) process.kill(child.pid, name)
  }
  const port = await onFreePort(start)
  scope.defer(async () => {
    try {
      signalIt('SIGCONT')
    } catch {
      // It has ended.
    }
    await child?.stop()
  })
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async kill() {
      signalIt('SIGKILL')
      await child?.exited
    },
    async restart() {
      await start(port)
    },
    freeze: () => signalIt('SIGSTOP'),
    thaw: () => signalIt('SIGCONT'),
  }
}
