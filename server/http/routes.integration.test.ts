import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { STREAM_PATH, streamPath, TASKS_PATH } from '#protocol'
import { startTestServer, type TestServer } from '../testing.ts'

const post = (server: TestServer, body: string, type = 'application/json') =>
  fetch(`${server.url}${TASKS_PATH}`, { method: 'POST', headers: { 'Content-Type': type }, body })

test('a new task comes with its id and the path of its stream', async () => {
  await using server = await startTestServer()
  const response = await post(server, '{"kind":"batch"}')
  expect(response.status).toBe(202)
  const { task_id, ws_url } = (await response.json()) as { task_id: string; ws_url: string }
  expect(ws_url).toBe(streamPath(task_id))
  const task = await (await fetch(`${server.url}${TASKS_PATH}/${task_id}`)).json()
  expect(task).toMatchObject({ task_id, kind: 'batch', seq: 0, progress: 0 })
})

test.each([
  ['no kind', '{}', 'kind'],
  ['an unknown kind', '{"kind":"poem"}', 'kind'],
  ['a field that nobody knows', '{"kind":"batch","colour":1}', 'colour'],
  ['no steps', '{"kind":"batch","steps":0}', 'steps'],
  ['half a step', '{"kind":"batch","steps":1.5}', 'steps'],
  ['a pace of the past', '{"kind":"batch","pace_ms":-1}', 'pace_ms'],
])('a task with %s is refused and told why', async (_, body, field) => {
  await using server = await startTestServer()
  const response = await post(server, body)
  expect(response.status).toBe(400)
  expect(((await response.json()) as { text: string }).text).toContain(field)
})

test.each([
  ['a body that is no JSON', '{', 'application/json', 400],
  ['a body of another type', 'kind=batch', 'text/csv', 415],
  ['a body that is too big', JSON.stringify({ kind: 'x'.repeat(70_000) }), 'application/json', 413],
])('%s is refused', async (_, body, type, status) => {
  await using server = await startTestServer()
  expect((await post(server, body, type)).status).toBe(status)
  expect(server.errors()).toEqual([])
})

test.each(['GET', 'DELETE'])(
  '%s of an unknown task is 404, and what was asked for is not repeated',
  async method => {
    await using server = await startTestServer()
    const response = await fetch(`${server.url}${TASKS_PATH}/%3Cscript%3E`, { method })
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('script')
  },
)

test('a client that would rather speak HTTP/2, as that of Java, is served over HTTP/1', async () => {
  await using server = await startTestServer()
  const headers = {
    Connection: 'Upgrade, HTTP2-Settings',
    Upgrade: 'h2c',
    'HTTP2-Settings': 'AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
    'Content-Type': 'application/json',
  }
  const asked = request(`${server.url}${TASKS_PATH}`, { method: 'POST', headers })
  asked.end('{"kind":"batch"}')
  const [response] = await once(asked, 'response')
  expect(response.statusCode).toBe(202)
  response.resume()
})

test('a plain GET of a stream is told that its Upgrade header was lost', async () => {
  await using server = await startTestServer()
  const response = await fetch(server.url + STREAM_PATH.replace('{taskId}', 't1'))
  expect(response.status).toBe(426)
  expect(response.headers.get('upgrade')).toBe('websocket')
  expect(await response.text()).toContain('proxy')
})

test('metrics are in the text format, with those of the process', async () => {
  await using server = await startTestServer()
  const response = await fetch(`${server.url}/metrics`)
  expect(response.headers.get('content-type')).toContain('text/plain')
  const names = [...(await server.metrics()).keys()]
  expect(names).toContain('process_resident_memory_bytes')
  expect(names).toContain('ws_connections{state="open"}')
})

test('in a drain: streams get 1001, readiness falls, new tasks and streams are told to come back', async () => {
  await using server = await startTestServer({ shutdownGraceMs: 2_000 })
  const taskId = await server.createTask({ pace_ms: 10_000 })
  const polite = server.open(taskId)
  await polite.receives('current_status')
  // One peer does not answer its close: that is what keeps the drain going for its whole grace.
  const deaf = server.open(taskId)
  await deaf.receives('current_status')
  deaf.ws.pause()
  const stopped = server.stop()
  expect(await polite.closed).toBe(1001)
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  const refused = await post(server, '{"kind":"batch"}')
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  const late = server.open(taskId)
  const [, response] = await new Promise<[unknown, { statusCode?: number }]>(done =>
    late.ws.once('unexpected-response', (...args) => done(args as never)),
  )
  expect(response.statusCode).toBe(503)
  const before = await server.metrics()
  expect([...before].filter(([key, value]) => /verdict="bad"/.test(key) && value > 0)).toEqual([])
  await stopped
  expect(server.lines.at(-1)).toMatchObject({ msg: 'server_stopped', cut: 1 })
})
