import { join } from 'node:path'
import { allSettled, type Scope } from '#core'
import {
  type ReferenceServer,
  type ReferenceServerOptions,
  startReferenceServer,
} from './reference-server.ts'

/** Servers of one job, each of which can be taken away and replaced on its port. */
export interface Deployment {
  urls: readonly string[]
  /** `host:port` of each, as a scrape target is written. */
  addresses: readonly string[]
  /** Ends one as a power cut would. */
  kill(index: number): Promise<void>
  /** Tells one to stop, and waits until it has: it drains first. */
  stop(index: number): Promise<void>
  /** Starts another in place of one that has ended. */
  replace(index: number): Promise<void>
  /** Servers that ended though nobody told them to, one sentence each. */
  deaths(): readonly string[]
}

export interface DeploymentOptions extends Pick<ReferenceServerOptions, 'faults' | 'flags' | 'signal'> {
  name: string
  count: number
  /** For the logs. */
  folder: string
}

/** Starts the servers side by side; they end with the scope. */
export async function deploy(options: DeploymentOptions, scope: Scope): Promise<Deployment> {
  const { name, count, folder, flags = [], faults = [], signal } = options
  const servers: ReferenceServer[] = []
  const deaths: string[] = []
  /** Ends that somebody wanted. */
  const told = new Set<ReferenceServer>()
  let starts = 0
  const start = async (index: number, port?: string) => {
    const server = await startReferenceServer({
      name: `server ${name}`,
      faults,
      flags: [...flags, ...(port === undefined ? [] : ['--port', port])],
      logFile: join(folder, `server-${++starts}.log`),
      signal,
    })
    servers[index] = server
    void server.process.exited.then(exit => {
      if (told.has(server) || signal.aborted) return
      deaths.push(`${server.process.name} ended during the run (${exit.signal ?? `code ${exit.code}`})`)
    })
  }
  scope.defer(async () => {
    for (const server of servers) told.add(server)
    await Promise.all(servers.map(server => server[Symbol.asyncDispose]()))
  })
  await allSettled(Array.from({ length: count }, (_, index) => start(index)))
  const end = async (index: number, how: NodeJS.Signals) => {
    const server = servers[index] as ReferenceServer
    told.add(server)
    process.kill(server.process.pid, how)
    await server.process.exited
  }
  const urls = servers.map(({ url }) => url)
  return {
    urls,
    addresses: servers.map(({ address }) => address),
    kill: index => end(index, 'SIGKILL'),
    stop: index => end(index, 'SIGTERM'),
    replace: index => start(index, new URL(urls[index] ?? '').port),
    deaths: () => deaths,
  }
}
