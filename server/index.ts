import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '#core'
import { METRICS } from '#instrument'
import type { TaskEvent } from '#protocol'
import { admission } from './admission/admission.ts'
import { clientErrors } from './admission/half-open.ts'
import { refusalLog } from './admission/refusal-log.ts'
import { drainSessions } from './drain.ts'
import { openHttp, openWebSockets } from './endpoints.ts'
import { openFaults } from './faults/index.ts'
import { type MetricsServer, serveMetrics } from './http/metrics-server.ts'
import { addRoutes } from './http/routes.ts'
import { listen } from './listen.ts'
import { errorFields, type Logger } from './log.ts'
import { openMeter } from './open-meter.ts'
import { originCheck } from './security/origin.ts'
import { openTokenCheck } from './security/tokens.ts'
import { trustedProxies } from './security/trusted-proxies.ts'
import type { ServerSettings } from './settings/index.ts'
import { openStore } from './store/open.ts'
import type { NewEvent } from './store/store.ts'
import { openContext } from './stream/open-context.ts'
import { upgradeHandler } from './stream/upgrade.ts'
import { taskRunner } from './tasks/runner.ts'
import type { Tracing } from './telemetry/tracing.ts'
import { urlOf } from './url-of.ts'

export { createLogger, type Logger } from './log.ts'
export { parseFaults } from './settings/faults.ts'
export { DEFAULT_SETTINGS, type ServerSettings } from './settings/index.ts'
export { openTelemetry } from './telemetry/open.ts'

/** A server that listens. */
export interface RunningServer {
  url: string
  /** Where Prometheus scrapes it. */
  metricsUrl: string
  /** Publishes an event of an external task, as `POST …/events` does, for whoever runs the server in a process of theirs. */
  publish(taskId: string, event: NewEvent): Promise<void>
  /** Announces the drain, closes every stream with 1001, and is done within the grace time. */
  stop(): Promise<void>
}

/**
 * Starts the reference progress server; it makes traces when it is given something that takes them.
 * @throws PetrelError `port_busy`, `listen_failed`
 */
export async function startServer(
  settings: ServerSettings,
  log: Logger,
  clock: Clock = systemClock,
  tracing?: Tracing,
): Promise<RunningServer> {
  let isDraining = false
  const draining = () => isDraining
  const proxies = trustedProxies(settings.trustedProxies)
  const isAllowedOrigin = originCheck(settings.allowedOrigins, proxies)
  const checkToken = await openTokenCheck(settings, clock)
  const refusals = refusalLog(log, clock)
  const app = openHttp(settings, (error, socket) => onClientError(error, socket))
  const wss = openWebSockets()
  const random = Math.random
  const faults = await openFaults(settings.faults, { clock, random })
  const meter = openMeter({
    settings,
    http: app.server,
    wss,
    proxies,
    faults,
    clock,
    tracing,
    onVerdict: (client, verdict) => gate.decided(client, verdict),
  })
  const { instruments } = meter
  const opened = await openStore(settings, instruments, log, clock).catch(async error => {
    await faults[Symbol.asyncDispose]()
    throw error
  })
  const store = tracing ? tracing.traced(opened) : opened
  const gate = admission({ settings, instruments, log, clock, random })
  const onClientError = clientErrors(instruments, refusals)
  // More sockets than streams and requests together may have: what is left is most likely half-open.
  app.server.on('drop', () => {
    instruments.add(METRICS.wsAdmissionRefusalsTotal, { reason: 'connection_limit' })
    refusals.refused('connection_limit', () => ({ text: 'the server holds as many sockets as it can' }))
  })
  const onPublished = ({ type }: TaskEvent) => instruments.add(METRICS.taskEventsPublishedTotal, { type })
  const runner = taskRunner(store, clock, {
    seed: settings.seed,
    onPublished,
    onError: (error, taskId) => log.error({ task_id: taskId, ...errorFields(error) }, 'task_error'),
    onTaken: taskIds => log.info({ tasks: taskIds.length }, 'tasks_taken_over'),
  })
  const parts = {
    settings,
    store,
    meter,
    faults,
    log,
    clock,
    random,
    admission: gate,
    refusals,
    isAllowedOrigin,
    checkToken,
    draining,
  }
  const context = openContext(parts, tracing?.fanout)
  const { sessions } = context
  app.server.on('upgrade', upgradeHandler(context, wss))
  const { producerToken, allowedOrigins, metricsHost, metricsPort } = settings
  const servesMetrics = metricsPort === undefined
  const faultControl = settings.faultControl !== 'off'
  const own = {
    runner,
    onPublished,
    producerToken,
    allowedOrigins,
    servesMetrics,
    faultControl,
    requests: tracing?.requests,
  }
  addRoutes(app, { ...context, ...own })

  let metrics: MetricsServer | undefined
  let queues: Disposable | undefined
  async function release(): Promise<void> {
    queues?.[Symbol.dispose]()
    await app.close()
    await metrics?.[Symbol.asyncDispose]()
    await faults[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    refusals[Symbol.dispose]()
  }
  try {
    if (metricsPort !== undefined) metrics = await serveMetrics(instruments, metricsHost, metricsPort)
    queues = await listen(app, settings, log)
  } catch (error) {
    await runner.stop()
    await release()
    throw error
  }
  const { port } = app.server.address() as AddressInfo
  const url = urlOf(settings.host, port)
  const metricsUrl = `${metrics?.url ?? url}/metrics`
  log.info(
    { url, port, metrics: metricsUrl, faults: Object.fromEntries(settings.faults) },
    'server_listening',
  )

  async function drain(): Promise<void> {
    isDraining = true
    log.info({ open: sessions.size }, 'server_draining')
    await runner.stop()
    const { drainSpreadMs: spreadMs, shutdownGraceMs: graceMs } = settings
    const cut = await drainSessions({ sessions, instruments, clock, random, spreadMs, graceMs })
    await release()
    log.info({ cut }, 'server_stopped')
    log.flush()
  }
  let stopping: Promise<void> | undefined
  return {
    url,
    metricsUrl,
    async publish(taskId, event) {
      const published = await store.publish(taskId, event)
      if (published) onPublished(published.event)
    },
    stop() {
      stopping ??= drain()
      return stopping
    },
  }
}
