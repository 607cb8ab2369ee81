import { request } from 'node:http'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { STREAM_PATH, streamPath } from '#protocol'
import { startTestServer } from '../testing.ts'
import { recordTraces } from './testing.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const PARENT_ID = 'b7ad6b7169203331'
const TRACEPARENT = `00-${TRACE_ID}-${PARENT_ID}-01`
const HANDSHAKE = `GET ${STREAM_PATH}`

test('a handshake is a short SERVER span below its caller; it ends with the 101, while the socket lives on', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({}, traces.tracing)
  const taskId = await server.createTask({ pace_ms: 60_000 })
  const client = server.open(taskId, {}, { headers: { traceparent: TRACEPARENT, 'User-Agent': 'a client' } })
  await client.receives('current_status')
  const [span] = await traces.ended(HANDSHAKE)
  expect(client.ws.readyState).toBe(client.ws.OPEN)
  expect(span?.kind).toBe(SpanKind.SERVER)
  expect(span?.spanContext().traceId).toBe(TRACE_ID)
  expect(span?.parentSpanContext?.spanId).toBe(PARENT_ID)
  expect(span?.status.code).toBe(SpanStatusCode.UNSET)
  expect(span?.attributes).toMatchObject({
    'http.request.method': 'GET',
    'http.route': STREAM_PATH,
    'http.response.status_code': 101,
    'url.path': streamPath(taskId),
    'url.scheme': 'http',
    'user_agent.original': 'a client',
    'network.peer.address': '127.0.0.1',
    'petrel.handshake.outcome': 'accepted',
    'petrel.handshake.reason': 'ok',
  })
})

test('a session is summed up at its close by a short span of its own trace, linked to the handshake', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({}, traces.tracing)
  const client = server.open(await server.createTask())
  client.ws.once('open', () => client.ws.send('{"type":"ping"}'))
  await client.closed
  const [summary] = await traces.ended('websocket session')
  const [handshake] = traces.named(HANDSHAKE)
  expect(summary?.links).toMatchObject([{ context: handshake?.spanContext() }])
  expect(summary?.parentSpanContext).toBeUndefined()
  expect(summary?.spanContext().traceId).not.toBe(handshake?.spanContext().traceId)
  expect(summary?.attributes).toMatchObject({
    'http.route': STREAM_PATH,
    'petrel.session.verdict': 'good',
    'petrel.session.reason': 'delivered',
    'petrel.session.ended_by': 'server',
    'petrel.session.code_class': 'normal',
    'petrel.session.frames_received': 1,
  })
  expect(summary?.attributes['petrel.session.frames_sent']).toBe(client.frames.length)
  const lasted = Number(summary?.attributes['petrel.session.duration'])
  const [seconds = 0, nanoseconds = 0] = summary?.duration ?? []
  expect(seconds + nanoseconds / 1e9).toBeLessThan(lasted)
})

test.each([
  ['a wrong path', '/ws/t1', {}, 'GET', 404, 'wrong_path'],
  ['a foreign origin', streamPath('t1'), { Origin: 'https://evil.example' }, HANDSHAKE, 403, 'origin'],
  ['an unknown task', streamPath('t1'), {}, HANDSHAKE, 101, 'task_unknown'],
  ['no WebSocket', streamPath('t1'), { Upgrade: 'h2c' }, HANDSHAKE, 426, 'not_websocket'],
])(
  '%s: a span of a refusal, no error of the server, and no session',
  async (_, path, headers, name, status, reason) => {
    const traces = recordTraces()
    await using server = await startTestServer({}, traces.tracing)
    await upgrade(server.port, path, headers)
    const [span] = await traces.ended(name)
    expect(span?.attributes).toMatchObject({
      'http.response.status_code': status,
      'petrel.handshake.outcome': 'refused',
      'petrel.handshake.reason': reason,
    })
    expect(span?.status.code).toBe(SpanStatusCode.UNSET)
    expect(traces.named('websocket session')).toEqual([])
    // The line says which trace it belongs to.
    const line = server.lines.find(({ msg }) => msg === 'websocket_refused')
    expect(line).toMatchObject({ trace_id: span?.spanContext().traceId, span_id: span?.spanContext().spanId })
  },
)

test('a refusal that the server is to blame for is a span with an error', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({}, traces.tracing)
  const taskId = await server.createTask({ pace_ms: 60_000 })
  const client = server.open(taskId)
  await client.receives('current_status')
  // It reads no more, so it does not answer the close: the drain waits for it.
  client.ws.pause()
  const stopped = server.stop()
  await upgrade(server.port, streamPath(taskId), {})
  await stopped
  const refused = traces
    .named(HANDSHAKE)
    .find(span => span.attributes['petrel.handshake.reason'] === 'draining')
  expect(refused?.attributes).toMatchObject({ 'http.response.status_code': 503, 'error.type': '503' })
  expect(refused?.status.code).toBe(SpanStatusCode.ERROR)
})

test('the lines of a session carry its trace and its task', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({}, traces.tracing)
  const taskId = await server.createTask()
  await server.open(taskId).closed
  const [span] = await traces.ended(HANDSHAKE)
  await traces.ended('websocket session')
  const ids = { task_id: taskId, trace_id: span?.spanContext().traceId, span_id: span?.spanContext().spanId }
  for (const msg of ['websocket_connected', 'websocket_disconnected']) {
    expect(server.lines.find(line => line.msg === msg)).toMatchObject(ids)
  }
  const [created] = await traces.ended('POST /api/v1/tasks')
  expect(server.lines.find(({ msg }) => msg === 'roadmap_generation_requested')).toMatchObject({
    task_id: taskId,
    trace_id: created?.spanContext().traceId,
  })
})

test('what stands in a query is in no span', async () => {
  const traces = recordTraces()
  await using server = await startTestServer({}, traces.tracing)
  await upgrade(server.port, `${streamPath('t1')}?token=hunter2`, {})
  await fetch(`${server.url}/api/v1/tasks?cursor=hunter2`)
  await traces.ended(HANDSHAKE)
  await traces.ended('GET /api/v1/tasks')
  expect(JSON.stringify(traces.all().map(({ name, attributes }) => [name, attributes]))).not.toContain(
    'hunter2',
  )
})

test('without tracing there are no ids in the lines; probes and scrapes make no spans', async () => {
  await using plain = await startTestServer()
  await plain.open(await plain.createTask()).closed
  expect(plain.lines.filter(line => 'trace_id' in line)).toEqual([])

  const traces = recordTraces()
  await using server = await startTestServer({}, traces.tracing)
  for (const path of ['/livez', '/readyz', '/metrics', '/nowhere']) await fetch(server.url + path)
  await fetch(`${server.url}/api/v1/tasks`)
  await traces.ended('GET /api/v1/tasks')
  expect(traces.all()).toHaveLength(1)
})

/** Sends an upgrade request with any headers; done when it was answered. */
function upgrade(port: number, path: string, headers: Record<string, string>): Promise<void> {
  return new Promise((done, failed) => {
    const sent = request({
      port,
      host: '127.0.0.1',
      path,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version': '13',
        ...headers,
      },
    })
    sent.on('error', failed)
    sent.on('response', response => response.resume().once('end', done))
    sent.on('upgrade', (_response, socket) => {
      socket.destroy()
      done()
    })
    sent.end()
  })
}
