import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scope } from '#core'
import { type FoundTool, type Redis, startRedis } from '#stack'

/** A Redis of the run's own, on loopback, with its data in a file: it comes back with what it knew. */
export interface OwnRedis {
  url: string
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  /** Starts it again on its port, with its data. */
  restart(): Promise<void>
  /** It stands still, and its connections stay. */
  freeze(): void
  thaw(): void
  /** Each time that it ended though nobody told it to, one sentence each. */
  deaths(): readonly string[]
}

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
  const options = { path: tool.path, folder: join(folder, 'redis'), keeps: 'everysec', signal } as const
  await mkdir(options.folder, { recursive: true })
  const deaths: string[] = []
  /** Those that somebody ended. */
  const told = new Set<Redis>()
  const start = async (port?: number) => {
    const started = await startRedis({ ...options, ...(port === undefined ? {} : { port }) })
    void started.process.exited.then(exit => {
      if (told.has(started) || signal.aborted) return
      deaths.push(`Redis ended during the run (${exit.signal ?? `code ${exit.code}`})`)
    })
    return started
  }
  let redis = await start()
  const { url, port } = redis
  const tell = (name: NodeJS.Signals) => process.kill(redis.process.pid, name)
  scope.defer(async () => {
    try {
      tell('SIGCONT')
    } catch {
      // It has ended.
    }
    told.add(redis)
    await redis[Symbol.asyncDispose]()
  })
  return {
    url,
    async kill() {
      told.add(redis)
      tell('SIGKILL')
      await redis.process.exited
    },
    async restart() {
      redis = await start(port)
    },
    freeze: () => void tell('SIGSTOP'),
    thaw: () => void tell('SIGCONT'),
    deaths: () => deaths,
  }
}
