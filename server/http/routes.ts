import type { FastifyInstance } from 'fastify'
import type { Meter } from '#instrument'
import { STREAM_PATH, type TaskEvent } from '#protocol'
import type { Faults } from '../faults/index.ts'
import type { Logger } from '../log.ts'
import type { TaskStore } from '../store/store.ts'
import type { TaskRunner } from '../tasks/runner.ts'
import { addTaskRoutes } from './tasks.ts'

export interface RouteContext {
  store: TaskStore
  runner: TaskRunner
  meter: Meter
  faults: Faults
  log: Logger
  draining: () => boolean
  onPublished: (event: TaskEvent) => void
  producerToken: string | undefined
}

/** The HTTP side: tasks, health, metrics, fault switches. */
export function addRoutes(app: FastifyInstance, context: RouteContext): void {
  const { store, meter, faults, draining } = context
  addTaskRoutes(app, context)

  // A plain GET here is an upgrade whose headers were lost on the way, by a proxy for instance.
  app.get(STREAM_PATH.replace('{taskId}', ':taskId'), (_request, reply) =>
    reply
      .code(426)
      .header('Upgrade', 'websocket')
      .send({ error: 'not_websocket', text: 'the request has no Upgrade header: does a proxy drop it?' }),
  )

  app.get('/metrics', async (_request, reply) =>
    reply.type(meter.register.contentType).send(await meter.register.metrics()),
  )
  app.get('/livez', () => ({ status: 'ok' }))
  app.get('/readyz', (_request, reply) => {
    if (draining()) return reply.code(503).send({ status: 'draining' })
    return store.isUp() ? { status: 'ok' } : reply.code(503).send({ status: 'broker_down' })
  })
  app.get('/debug/faults', () => faults.list())
}
