import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Meter } from '#instrument'
import { STREAM_PATH, streamPath, TASKS_PATH } from '#protocol'
import { createTaskRequest } from '#protocol/decode'
import type { Faults } from '../faults/index.ts'
import type { Logger } from '../log.ts'
import type { TaskStore } from '../store/store.ts'
import type { TaskRunner } from '../tasks/runner.ts'

export interface RouteContext {
  store: TaskStore
  runner: TaskRunner
  meter: Meter
  faults: Faults
  log: Logger
  draining: () => boolean
}

/** The HTTP side: tasks, health, metrics, fault switches. */
export function addRoutes(app: FastifyInstance, context: RouteContext): void {
  const { store, runner, meter, faults, log, draining } = context

  app.post(TASKS_PATH, async (request, reply) => {
    const parsed = createTaskRequest.safeParse(request.body ?? {})
    if (!parsed.success) {
      return reply.code(400).send({ error: 'bad_request', text: z.prettifyError(parsed.error) })
    }
    if (draining()) return reply.code(503).header('Retry-After', '1').send({ error: 'draining' })
    const task = await runner.start(parsed.data)
    log.info({ task_id: task.task_id }, `${parsed.data.kind}_requested`)
    return reply.code(202).send({ task_id: task.task_id, ws_url: streamPath(task.task_id) })
  })

  app.get<{ Params: { id: string } }>(`${TASKS_PATH}/:id`, async (request, reply) => {
    const task = await store.read(request.params.id)
    return task ?? reply.code(404).send({ error: 'task_unknown', text: 'there is no such task' })
  })

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
  app.get('/readyz', (_request, reply) =>
    draining() ? reply.code(503).send({ status: 'draining' }) : { status: 'ok' },
  )
  app.get('/debug/faults', () => faults.list())
}
