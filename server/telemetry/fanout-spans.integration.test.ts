import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { TASKS_PATH } from '#protocol'
import { startRedis } from '../../test/support/redis.ts'
import { requireTool } from '../../test/support/require-tool.ts'
import { startTestServer, type TestServer } from '../testing.ts'
import { SPANS } from './spans.ts'
import { recordTraces } from './testing.ts'

const PUBLISH = 'publish task events'
const PROCESS = 'process task events'
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`
const TOKEN = 'a-token-of-the-producer'
const PROGRESS = { type: 'progress', progress: 0.5, stage: 'half' }

async function feed(server: TestServer, taskId: string, event: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}${TASKS_PATH}/${taskId}/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}`, ...headers },
    body: JSON.stringify(event),
  })
  return response.status
}

const contextOf = (span: ReadableSpan | undefined) => span?.spanContext()
const isChildOf = (child: ReadableSpan | undefined, parent: ReadableSpan | undefined) =>
  child?.parentSpanContext?.spanId === contextOf(parent)?.spanId &&
  contextOf(child)?.traceId === contextOf(parent)?.traceId

test('a message has one PRODUCER span and one for its fan-out, however many receive it', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({ producerToken: TOKEN }, traces.tracing)
  const taskId = await server.createTask({ work: 'external' })
  const clients = Array.from({ length: 20 }, () => server.open(taskId))
  await Promise.all(clients.map(client => client.receives('current_status')))
  expect(await feed(server, taskId, PROGRESS, { traceparent: TRACEPARENT })).toBe(202)
  await Promise.all(clients.map(client => client.receives('progress')))

  const [fanout] = await traces.ended(PROCESS)
  const [producer] = traces.named(PUBLISH)
  const [request] = await traces.ended('POST /api/v1/tasks/:id/events')
  expect(traces.named(PUBLISH)).toHaveLength(1)
  expect(traces.named(PROCESS)).toHaveLength(1)
  expect(producer?.kind).toBe(SpanKind.PRODUCER)
  expect(producer?.attributes).toMatchObject({
    'messaging.operation.type': 'send',
    'petrel.task.id': taskId,
    'petrel.event.type': 'progress',
    'petrel.event.seq': 1,
  })
  expect(fanout?.kind).toBe(SpanKind.CONSUMER)
  expect(fanout?.links).toMatchObject([{ context: { spanId: contextOf(producer)?.spanId } }])
  expect(fanout?.attributes).toMatchObject({ 'petrel.fanout.receivers': 20, 'petrel.event.seq': 1 })
  // The worker's trace goes all the way.
  expect(contextOf(request)?.traceId).toBe(TRACE_ID)
  expect(isChildOf(producer, request)).toBe(true)
  expect(isChildOf(fanout, producer)).toBe(true)
})

test('the trace crosses Redis inside the message: each replica has one fan-out span, linked to the producer', async () => {
  await using redis = await startRedis(await requireTool('redis-server'))
  const settings = { redisUrl: redis.url, producerToken: TOKEN }
  const [there, here] = [recordTraces(), recordTraces()]
  await using first = await startTestServer(settings, there.tracing)
  await using second = await startTestServer(settings, here.tracing)
  const taskId = await first.createTask({ work: 'external' })
  const clients = [first.open(taskId), second.open(taskId), second.open(taskId)]
  await Promise.all(clients.map(client => client.receives('current_status')))
  await feed(first, taskId, PROGRESS, { traceparent: TRACEPARENT })
  await Promise.all(clients.map(client => client.receives('progress')))

  const [onFirst] = await there.ended(PROCESS)
  const [onSecond] = await here.ended(PROCESS)
  const [producer] = there.named(PUBLISH)
  expect(here.named(PUBLISH)).toEqual([])
  expect([onFirst, onSecond].map(span => span?.attributes['petrel.fanout.receivers'])).toEqual([1, 2])
  for (const fanout of [onFirst, onSecond]) {
    expect(contextOf(fanout)?.traceId).toBe(TRACE_ID)
    expect(fanout?.links).toMatchObject([
      { context: { traceId: TRACE_ID, spanId: contextOf(producer)?.spanId } },
    ])
  }
  expect(contextOf(onFirst)?.spanId).not.toBe(contextOf(onSecond)?.spanId)
})

test('work of the server itself, a cancelling and a review are published with spans too', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({}, traces.tracing)
  await server.open(await server.createTask({ steps: 2 }), { includeHistory: true }).closed
  const types = traces.named(PUBLISH).map(({ attributes }) => attributes['petrel.event.type'])
  expect(types).toEqual(['progress', 'progress', 'completed'])

  const cancelled = await server.createTask({ pace_ms: 60_000 })
  await fetch(`${server.url}${TASKS_PATH}/${cancelled}`, { method: 'DELETE' })
  const [request] = await traces.ended('DELETE /api/v1/tasks/:id')
  const publish = traces.named(PUBLISH).at(-1)
  expect(publish?.attributes['petrel.event.type']).toBe('cancelled')
  expect(isChildOf(publish, request)).toBe(true)

  // Nothing follows a terminal event: the span of the attempt says so.
  await fetch(`${server.url}${TASKS_PATH}/${cancelled}`, { method: 'DELETE' })
  const failed = traces.named(PUBLISH).at(-1)
  expect(failed?.status.code).toBe(SpanStatusCode.ERROR)
  expect(failed?.attributes['error.type']).toBe('task_ended')
})

test('a caller that is not sampled is not sampled here, and no exemplar stands for it', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({ producerToken: TOKEN }, traces.tracing)
  const taskId = await server.createTask({ work: 'external' })
  const unsampled = { traceparent: TRACEPARENT.replace(/01$/, '00') }
  const client = server.open(taskId, {}, { headers: unsampled })
  await client.receives('current_status')
  await feed(server, taskId, PROGRESS, unsampled)
  await client.receives('progress')
  // Looked at now: the next message would take the place of an exemplar.
  const lag = async () => (await server.metrics()).get('ws_delivery_lag_seconds_count')
  await expect.poll(lag).toBe(1)
  const open = await fetch(server.metricsUrl, { headers: { Accept: 'application/openmetrics-text' } })
  expect(await open.text()).not.toContain(TRACE_ID)
  await feed(server, taskId, { type: 'completed' })
  await client.closed
  // The last message began a trace of its own.
  await traces.ended(PROCESS)
  expect(traces.all().filter(span => contextOf(span)?.traceId === TRACE_ID)).toEqual([])
})

test('without tracing the context of a worker still travels with its message, and garbage does not', async () => {
  await using redis = await startRedis(await requireTool('redis-server'))
  const settings = { redisUrl: redis.url, producerToken: TOKEN }
  const traces = recordTraces()
  await using plain = await startTestServer(settings)
  await using tracing = await startTestServer(settings, traces.tracing)
  const taskId = await plain.createTask({ work: 'external' })
  const client = tracing.open(taskId)
  await client.receives('current_status')
  await feed(plain, taskId, PROGRESS, { traceparent: TRACEPARENT })
  await feed(plain, taskId, PROGRESS, { traceparent: `${TRACEPARENT}", "x": "` })
  await feed(plain, taskId, PROGRESS, { traceparent: TRACEPARENT.replace(TRACE_ID, '0'.repeat(32)) })
  const spans = await traces.ended(PROCESS, 3)
  expect(spans.map(({ links }) => links.length)).toEqual([1, 0, 0])
  const store = new Redis(redis.url)
  const kept = JSON.stringify(await store.xrange(`petrel:{${taskId}}:events`, '-', '+'))
  store.disconnect()
  expect(kept.split(TRACE_ID)).toHaveLength(2)
  expect(kept).not.toContain('0'.repeat(32))
  expect(contextOf(spans[0])?.traceId).toBe(TRACE_ID)
})

test('every span, its kind and its attributes are on the reference page', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({}, traces.tracing)
  await server.open(await server.createTask()).closed
  const refused = new WebSocket(`${server.url.replace('http', 'ws')}/wrong`)
  refused.on('error', () => {})
  await traces.ended('websocket session')
  await traces.ended('GET')
  const listed = new Map(SPANS.map(({ name, kind, attributes }) => [`${name} ${kind}`, attributes]))
  for (const { name, kind, attributes } of traces.all()) {
    const general = name
      .replace(/^GET( .*\{.*)?$/, 'GET {route}')
      .replace(/^(POST|GET|DELETE) \/.*/, '{method} {route}')
    const known = listed.get(`${general} ${SpanKind[kind]}`)
    expect({ name, isListed: known !== undefined }).toEqual({ name, isListed: true })
    expect(known).toEqual(expect.arrayContaining(Object.keys(attributes)))
  }
})
