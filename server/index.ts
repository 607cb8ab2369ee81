import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { collectDefaultMetrics } from 'prom-client'
import { WebSocketServer } from 'ws'
import { type Clock, systemClock } from '#core'
import { instrument, METRICS } from '#instrument'
import { MAX_CLIENT_FRAME_BYTES, STREAM_PATH, UNPREFIXED_STREAM_PATH } from '#protocol'
import { openFaults } from './faults/index.ts'
import { unprefixedRoute } from './faults/unprefixed-route.ts'
import { addRoutes } from './http/routes.ts'
import { errorFields, type Logger } from './log.ts'
import { listenError, type ServerSettings } from './settings.ts'
import { memoryStore } from './store/memory.ts'
import type { StreamContext } from './stream/context.ts'
import { upgradeHandler } from './stream/upgrade.ts'
import { taskRunner } from './tasks/runner.ts'

export { FAULT_SWITCHES, parseFaults } from './faults/index.ts'
export { createLogger } from './log.ts'
export { DEFAULT_SETTINGS, type ServerSettings } from './settings.ts'

/** A server that listens. */
export interface RunningServer {
  url: string
  /** Announces the drain, closes every stream with 1001, and is done within the grace time. */
  stop(): Promise<void>
}

/** A peer has so long to finish a close before its socket is cut. */
const CLOSE_TIMEOUT_MS = 2_000

/**
 * Starts the reference progress server.
 * @throws PetrelError `port_busy`, `listen_failed`
 */
export async function startServer(
  settings: ServerSettings,
  log: Logger,
  clock: Clock = systemClock,
): Promise<RunningServer> {
  let isDraining = false
  const draining = () => isDraining
  const app = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true, requestTimeout: 10_000 })
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_CLIENT_FRAME_BYTES,
    perMessageDeflate: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
  } as ConstructorParameters<typeof WebSocketServer>[0])
  const faults = await openFaults(settings.faults)
  const routes = (await faults.isOn(unprefixedRoute)) ? [STREAM_PATH, UNPREFIXED_STREAM_PATH] : [STREAM_PATH]
  const meter = instrument({ http: app.server, wss, routes, clock })
  collectDefaultMetrics({ register: meter.register })
  const store = memoryStore(randomUUID)
  const runner = taskRunner(store, clock, {
    seed: settings.seed,
    onPublished: ({ type }) => meter.instruments.add(METRICS.taskEventsPublishedTotal, { type }),
    onError: (error, taskId) => log.error({ task_id: taskId, ...errorFields(error) }, 'task_error'),
  })
  const sessions: StreamContext['sessions'] = new Set()
  const context: StreamContext = { settings, store, meter, faults, log, clock, sessions, draining }
  app.server.on('upgrade', upgradeHandler(context, wss))
  addRoutes(app, { store, runner, meter, faults, log, draining })

  try {
    await app.listen({ host: settings.host, port: settings.port })
  } catch (error) {
    await app.close()
    throw listenError(error, settings)
  }
  const { port } = app.server.address() as AddressInfo
  const url = `http://${settings.host}:${port}`
  log.info({ url, port, faults: Object.fromEntries(settings.faults) }, 'server_listening')

  async function drain(): Promise<void> {
    isDraining = true
    log.info({ open: sessions.size }, 'server_draining')
    runner[Symbol.dispose]()
    const deadline = clock.now() + settings.shutdownGraceMs
    for (const session of sessions) session.drain()
    while (sessions.size > 0 && clock.now() < deadline) {
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    for (const session of sessions) session.cut()
    await app.close()
    log.info({ cut: sessions.size }, 'server_stopped')
  }
  let stopping: Promise<void> | undefined
  return {
    url,
    stop() {
      stopping ??= drain()
      return stopping
    },
  }
}
