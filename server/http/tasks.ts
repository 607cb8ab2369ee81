import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PetrelError } from '#core'
import { streamPath, TASKS_PATH } from '#protocol'
import { createTaskRequest, listQuery, producedEvent, reviewRequest } from '#protocol/decode'
import { errorFields } from '../log.ts'
import { guardTasks } from '../security/access.ts'
import { isProducer } from '../security/producer.ts'
import { taskUnknown } from '../store/errors.ts'
import type { NewEvent, PublishedEvent, PublishOptions } from '../store/store.ts'
import { isTraceparent } from '../telemetry/traceparent.ts'
import type { RouteContext } from './routes.ts'

type WithId = { Params: { id: string } }

/** Longest idempotency key. */
const MAX_KEY = 200
const RETRY_AFTER_SECONDS = '1'

/** What a store's error is over HTTP. */
const STATUS: Readonly<Record<string, number>> = {
  task_unknown: 404,
  task_ended: 409,
  task_not_waiting: 409,
  idempotency_conflict: 409,
  bad_cursor: 400,
  broker_down: 503,
}

/** Create, list, read, cancel, review and feed tasks. */
export function addTaskRoutes(app: FastifyInstance, context: RouteContext): void {
  const { store, runner, log, draining, onPublished, producerToken, requests } = context
  const access = guardTasks(app, context)

  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error instanceof PetrelError ? STATUS[error.code] : error.statusCode
    if (status === undefined || (status >= 500 && status !== 503)) {
      log.error({ ...errorFields(error), ...requests?.ids(request.raw) }, 'http_error')
    }
    if (status === 503) reply.header('Retry-After', RETRY_AFTER_SECONDS)
    const code = error instanceof PetrelError ? error.code : 'bad_request'
    const text = status === undefined ? 'the request could not be answered' : error.message
    return reply.code(status ?? 500).send({ error: status === undefined ? 'internal' : code, text })
  })

  app.post(TASKS_PATH, async (request, reply) => {
    const body = parse(createTaskRequest, request.body ?? {}, reply)
    if (!body) return reply
    const key = request.headers['idempotency-key']
    if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > MAX_KEY)) {
      return bad(reply, `Idempotency-Key: at most ${MAX_KEY} characters, and some`)
    }
    if (draining()) {
      return reply
        .code(503)
        .header('Retry-After', RETRY_AFTER_SECONDS)
        .send({ error: 'draining', text: 'the server goes away' })
    }
    const { task, created } = await runner.start(body, key, access.identityOf(request)?.subject)
    if (created) log.info({ task_id: task.task_id, ...requests?.ids(request.raw) }, `${body.kind}_requested`)
    return reply.code(created ? 202 : 200).send({ task_id: task.task_id, ws_url: streamPath(task.task_id) })
  })

  app.get(TASKS_PATH, async (request, reply) => {
    const query = parse(listQuery, request.query, reply)
    if (!query) return reply
    // A page may be shorter than its limit: others' tasks are left out of it.
    const page = await store.list(query.limit, query.cursor)
    return { ...page, tasks: page.tasks.filter(task => access.maySee(request, task)) }
  })

  app.get<WithId>(`${TASKS_PATH}/:id`, async ({ params }) => {
    const task = await store.read(params.id)
    if (!task) throw taskUnknown()
    return task
  })

  app.delete<WithId>(`${TASKS_PATH}/:id`, async request => {
    const { id } = request.params
    tell(await store.publish(id, { type: 'cancelled', progress: 0 }, causedBy(request)))
    return { task_id: id, status: 'cancelled' }
  })

  app.post<WithId>(`${TASKS_PATH}/:id/review`, async (request, reply) => {
    const body = parse(reviewRequest, request.body ?? {}, reply)
    if (!body) return reply
    const comment = body.comment ? `: ${body.comment}` : ''
    const event: NewEvent =
      body.decision === 'approve'
        ? { type: 'progress', progress: 0, stage: 'approved' }
        : { type: 'failed', progress: 0, error: `rejected in review${comment}` }
    tell(await store.publish(request.params.id, event, { ifWaiting: true, ...causedBy(request) }))
    return { task_id: request.params.id, decision: body.decision }
  })

  app.post<WithId>(`${TASKS_PATH}/:id/events`, async (request, reply) => {
    if (!isProducer(request.headers.authorization, producerToken)) {
      return reply
        .code(401)
        .header('WWW-Authenticate', 'Bearer')
        .send({ error: 'unauthenticated', text: 'events are published with the producer token' })
    }
    const body = parse(producedEvent, request.body ?? {}, reply)
    if (!body) return reply
    const { id } = request.params
    const work = await store.work(id)
    if (!work) throw taskUnknown()
    if (work.request.work !== 'external') {
      return reply.code(409).send({ error: 'not_external', text: 'the work of this task is simulated here' })
    }
    const { step, ...event } = body
    const numbered = step === undefined ? {} : { step }
    const published = await store.publish(id, event, { ...numbered, ...causedBy(request) })
    if (!published) return { repeated: true }
    tell(published)
    return reply.code(202).send({ seq: published.event.seq })
  })

  /** The trace context of what is published for a request: our span's, else the caller's own. */
  function causedBy({ raw, headers }: FastifyRequest): Pick<PublishOptions, 'traceparent'> {
    const traceparent = requests?.traceparent(raw) ?? headers.traceparent
    return isTraceparent(traceparent) ? { traceparent } : {}
  }

  function tell(published: PublishedEvent | undefined): void {
    if (published) onPublished(published.event)
  }
}

/** The body as its schema has it; otherwise answers with what is wrong, and gives nothing. */
function parse<T>(schema: z.ZodType<T>, body: unknown, reply: FastifyReply): T | undefined {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  bad(reply, z.prettifyError(parsed.error))
  return undefined
}

const bad = (reply: FastifyReply, text: string) => reply.code(400).send({ error: 'bad_request', text })
