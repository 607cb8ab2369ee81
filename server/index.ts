import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { collectDefaultMetrics } from 'prom-client'
import { WebSocketServer } from 'ws'
import { type Clock, systemClock } from '#core'
import { clientIdOf, instrument, METRICS } from '#instrument'
import { MAX_CLIENT_FRAME_BYTES, type TaskEvent, TOKEN_SUBPROTOCOL_PREFIX } from '#protocol'
import { admission } from './admission/admission.ts'
import { clientErrors } from './admission/half-open.ts'
import { refusalLog } from './admission/refusal-log.ts'
import { measureBuild } from './build-info.ts'
import { drainSessions } from './drain.ts'
import { openFaults } from './faults/index.ts'
import { type MetricsServer, serveMetrics } from './http/metrics-server.ts'
import { addRoutes } from './http/routes.ts'
import { listen } from './listen.ts'
import { errorFields, type Logger } from './log.ts'
import { measureFaults } from './measure-faults.ts'
import { originCheck } from './security/origin.ts'
import { openTokenCheck } from './security/tokens.ts'
import { trustedProxies } from './security/trusted-proxies.ts'
import type { ServerSettings } from './settings/index.ts'
import { openStore } from './store/open.ts'
import { taskReader } from './store/reader.ts'
import type { NewEvent } from './store/store.ts'
import { Beats } from './stream/beats.ts'
import type { StreamContext } from './stream/context.ts'
import { fanout } from './stream/fanout.ts'
import { isServed, STREAM_TEMPLATES } from './stream/routes.ts'
import { StreamSocket } from './stream/stream-socket.ts'
import { upgradeHandler } from './stream/upgrade.ts'
import { taskRunner } from './tasks/runner.ts'
import type { Tracing } from './telemetry/tracing.ts'

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

/** A peer has so long to finish a close before its socket is cut. */
const CLOSE_TIMEOUT_MS = 2_000
const REQUEST_TIMEOUT_MS = 10_000
/** Room for a token and a proxy's headers. */
const MAX_HEADER_BYTES = 8 * 1024
/** Sockets beside the streams: tasks, scrapes, and requests that are not whole yet. */
const HTTP_CONNECTIONS = 1_000

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
  const app = fastify({
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    requestTimeout: Math.max(REQUEST_TIMEOUT_MS, settings.handshakeTimeoutMs),
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: settings.handshakeTimeoutMs,
      // Node looks this often for requests that are late; every 30 s if nobody says so.
      connectionsCheckingInterval: Math.min(1_000, settings.handshakeTimeoutMs / 4),
    },
    clientErrorHandler: (error, socket) => onClientError(error, socket),
  })
  app.server.maxConnections = settings.connectionLimit + HTTP_CONNECTIONS
  const wss = new WebSocketServer<typeof StreamSocket>({
    WebSocket: StreamSocket,
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_CLIENT_FRAME_BYTES,
    perMessageDeflate: false,
    // A flood of pings is answered by its code, like any other: see `Inbound`.
    autoPong: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: offered =>
      [...offered].find(name => !name.startsWith(TOKEN_SUBPROTOCOL_PREFIX)) ?? false,
  } as ConstructorParameters<typeof WebSocketServer<typeof StreamSocket>>[0])
  const random = Math.random
  const faults = await openFaults(settings.faults, { clock, random })
  const serves = (template: string) => faults.at('serves', isServed)(template)
  const routes = STREAM_TEMPLATES.filter(template => settings.faultControl !== 'off' || serves(template))
  const meter = instrument({
    http: app.server,
    wss,
    routes,
    serves,
    clock,
    clientKey(request) {
      const id = clientIdOf(request.url)
      return id === undefined ? `ip:${proxies.clientAddress(request)}` : `id:${id}`
    },
    connectionsLimit: settings.connectionLimit,
    onVerdict: (client, verdict) => gate.decided(client, verdict),
    ...(tracing ? { tracer: tracing.connections } : {}),
  })
  collectDefaultMetrics({ register: meter.register })
  // Gauges whose names end as a counter's, which no OpenMetrics gauge may; sums of others anyway.
  for (const what of ['handles', 'requests', 'resources']) {
    meter.register.removeSingleMetric(`nodejs_active_${what}_total`)
  }
  const { instruments } = meter
  measureBuild(instruments)
  measureFaults(faults, instruments)
  const opened = await openStore(settings, instruments, log, clock)
  const store = tracing ? tracing.traced(opened) : opened
  const gate = admission({ settings, instruments, log, clock, random })
  const onClientError = clientErrors(instruments, refusals)
  // More sockets than streams and requests together may have: what is left is most likely half-open.
  app.server.on('drop', () => {
    instruments.add(METRICS.wsAdmissionRefusalsTotal, { reason: 'connection_limit' })
    refusals.refused('connection_limit', () => ({ text: 'the server holds as many sockets as it can' }))
  })
  const onPublished = ({ type }: TaskEvent) => instruments.add(METRICS.taskEventsPublishedTotal, { type })
  const onError = (error: unknown, taskId: string) =>
    log.error({ task_id: taskId, ...errorFields(error) }, 'task_error')
  const runner = taskRunner(store, clock, {
    seed: settings.seed,
    onPublished,
    onError,
    onTaken: taskIds => log.info({ tasks: taskIds.length }, 'tasks_taken_over'),
  })
  const historyDelay =
    settings.historyReadMs > 0
      ? () => new Promise<void>(resolve => void clock.after(settings.historyReadMs, resolve))
      : () => {}
  const context: StreamContext = {
    settings,
    store,
    reader: taskReader(store, {
      timeoutMs: settings.historyTimeoutMs + settings.historyReadMs,
      delay: () => faults.at('historyDelay', historyDelay)(),
    }),
    fanout: fanout(store, instruments, clock, onError, faults, tracing?.fanout),
    meter: {
      ...meter,
      refuseReadably: (...refusal) => faults.at('refusals', meter).refuseReadably(...refusal),
    },
    faults,
    log,
    clock,
    random,
    heartbeats: { clock, beats: new Beats(clock, random, settings.heartbeatMs) },
    admission: gate,
    refusals,
    isAllowedOrigin,
    checkToken,
    sessions: new Set(),
    boxes: new Set(),
    draining,
  }
  const { sessions, boxes } = context
  instruments.onScrape(() => {
    let bytes = 0
    for (const box of boxes) bytes += box.buffered()
    instruments.set(METRICS.wsBufferedBytes, {}, bytes)
    instruments.set(METRICS.taskSubscribers, {}, context.fanout.size())
  })
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
  let queues: Disposable
  try {
    if (metricsPort !== undefined) metrics = await serveMetrics(instruments, metricsHost, metricsPort)
    queues = await listen(app, settings, log)
  } catch (error) {
    await metrics?.[Symbol.asyncDispose]()
    await runner.stop()
    await faults[Symbol.asyncDispose]()
    await app.close()
    await store[Symbol.asyncDispose]()
    throw error
  }
  const { port } = app.server.address() as AddressInfo
  const url = `http://${settings.host}:${port}`
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
    queues[Symbol.dispose]()
    await app.close()
    await metrics?.[Symbol.asyncDispose]()
    await faults[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    refusals[Symbol.dispose]()
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
