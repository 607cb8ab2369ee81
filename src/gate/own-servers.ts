import { join } from 'node:path'
import type { Scenario } from '#catalog'
import type { Scope } from '#core'
import { deploy, startOwnRedis, startReferenceServer } from '#run'
import type { FoundTool } from '#stack'

/** Servers that the gate started for one scenario. */
export interface OwnServers {
  urls: readonly string[]
  /** Where one server can be asked what it counted; of those that are replaced none knows all. */
  metrics?: string
  /** Replaces them one after another, as a deployment does. */
  replaceAll?: () => Promise<void>
}

/** Servers of a deployment: while one is replaced the other serves. */
const REPLICAS = 2

/** Starts what the scenario needs: one reference server, or replicas over a Redis where they are to be replaced. */
export async function startOwnServers(
  scenario: Scenario,
  { folder, redis, signal }: { folder: string; redis: FoundTool | undefined; signal: AbortSignal },
  scope: Scope,
): Promise<OwnServers> {
  if (scenario.cause.by !== 'command' || redis === undefined) {
    const logFile = join(folder, `${scenario.name}-server.log`)
    const server = scope.use(await startReferenceServer({ name: 'the server', logFile, signal }))
    return { urls: [server.url], metrics: `${server.url}/metrics` }
  }
  const { url } = await startOwnRedis(redis, folder, signal, scope)
  const servers = await deploy(
    { name: 'of the deployment', count: REPLICAS, flags: ['--redis', url], folder, signal },
    scope,
  )
  return {
    urls: servers.urls,
    async replaceAll() {
      for (const index of servers.urls.keys()) {
        await servers.stop(index)
        await servers.replace(index)
      }
    },
  }
}
