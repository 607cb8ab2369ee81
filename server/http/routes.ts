import type { FastifyInstance } from 'fastify'
import { type Meter, pathOf } from '#instrument'
import { STREAM_PATH, type TaskEvent } from '#protocol'
import type { RefusalLog } from '../admission/refusal-log.ts'
import { lostUpgrade } from '../admission/refusals.ts'
import { outside } from '../log.ts'
import { allowCrossOrigin } from '../security/cors.ts'
import type { OriginCheck } from '../security/origin.ts'
import type { TokenCheck } from '../security/tokens.ts'
import type { TaskStore } from '../store/store.ts'
import type { TaskRunner } from '../tasks/runner.ts'
import type { RequestTracer } from '../telemetry/request-spans.ts'
import { addFaultRoutes, type FaultRouteContext } from './faults.ts'
import { addTaskRoutes } from './tasks.ts'
import { traceRequests } from './trace-requests.ts'

export interface RouteContext extends FaultRouteContext {
  store: TaskStore
  runner: TaskRunner
  meter: Meter
  draining: () => boolean
  onPublished: (event: TaskEvent) => void
  producerToken: string | undefined
  /** False when they have a port of their own. */
  servesMetrics: boolean
  checkToken: TokenCheck | undefined
  isAllowedOrigin: OriginCheck
  allowedOrigins: readonly string[]
  refusals: RefusalLog
  requests: RequestTracer | undefined
}

/** The HTTP side: tasks, health, metrics, fault switches. */
export function addRoutes(app: FastifyInstance, context: RouteContext): void {
  const { store, meter, draining } = context
  if (context.requests) traceRequests(app, context.requests)
  // In a scope of its own: what guards tasks does not guard health and metrics.
  app.register(async tasks => {
    allowCrossOrigin(tasks, context.allowedOrigins)
    addTaskRoutes(tasks, context)
  })
  addFaultRoutes(app, context)

  // A plain GET here is an upgrade whose headers were lost on the way.
  app.get(STREAM_PATH.replace('{taskId}', ':taskId'), (request, reply) => {
    const { status, reason, text, headers = {} } = lostUpgrade(request.raw)
    context.refusals.refused(reason, () => ({ path: outside(pathOf(request.url)), status, text }))
    return reply.code(status).headers(headers).send({ error: reason, text })
  })

  if (context.servesMetrics) {
    app.get('/metrics', async (request, reply) => {
      const { contentType, text } = await meter.instruments.scrape(request.headers.accept)
      return reply.type(contentType).send(text)
    })
  }
  app.get('/livez', () => ({ status: 'ok' }))
  app.get('/readyz', (_request, reply) => {
    if (draining()) return reply.code(503).send({ status: 'draining' })
    return store.isUp() ? { status: 'ok' } : reply.code(503).send({ status: 'broker_down' })
  })
}
