import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { STREAM_PATH, streamPath } from '#protocol'
import { PASSES_UPGRADE, startNginx, type TestProxy } from '../../test/support/nginx.ts'
import { requireTool } from '../../test/support/require-tool.ts'
import { startTestServer, type TestServer } from '../testing.ts'

const startProxy = async (locations: string): Promise<TestProxy> =>
  startNginx(await requireTool('nginx'), locations)

const through = (proxy: TestProxy, path: string, options = {}) =>
  new WebSocket(proxy.url.replace('http', 'ws') + path, options)

/** The close code that a client sees, and the types of the frames before it. */
async function followed(ws: WebSocket): Promise<{ code: number; types: string[] }> {
  const types: string[] = []
  ws.on('message', data => types.push(JSON.parse(String(data)).type))
  ws.on('error', () => {})
  const code = await new Promise<number>(done => ws.once('close', done))
  return { code, types }
}

/** A handshake that is answered with HTTP. */
async function refusedBy(proxy: TestProxy, path: string): Promise<{ status: number; body: string }> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
  }
  const [response] = await once(request({ port: proxy.port, path, headers }).end(), 'response')
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode, body }
}

test('a proxy that passes the upgrade on is not noticed', async () => {
  await using server = await startTestServer()
  await using proxy = await startProxy(`location / { proxy_pass ${server.url}; ${PASSES_UPGRADE} }`)
  const taskId = await server.createTask({ pace_ms: 30 })
  const { code, types } = await followed(through(proxy, streamPath(taskId), { origin: proxy.url }))
  expect(code).toBe(1000)
  expect(types.at(-1)).toBe('completed')
})

test('a proxy that drops the upgrade: 426 that names it and says how to keep it, counted, with a line', async () => {
  await using server = await startTestServer()
  const forwards =
    'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header Via "1.1 edge-7";'
  await using proxy = await startProxy(`location / { proxy_pass ${server.url}; ${forwards} }`)
  const taskId = await server.createTask({ pace_ms: 1_000 })
  const { status, body } = await refusedBy(proxy, streamPath(taskId))
  expect(status).toBe(426)
  const { error, text } = JSON.parse(body)
  expect(error).toBe('not_websocket')
  expect(text).toContain('the proxy "1.1 edge-7" dropped it')
  expect(text).toContain('proxy_set_header Upgrade $http_upgrade')
  const counted = `ws_handshakes_total{outcome="refused",reason="not_websocket",route="${STREAM_PATH}",status="426"}`
  await expect.poll(async () => (await server.metrics()).get(counted)).toBe(1)
  expect(server.lines).toContainEqual(
    expect.objectContaining({ msg: 'websocket_refused', reason: 'not_websocket', status: 426 }),
  )
})

test('a proxy that strips the prefix: the refusal says so', async () => {
  await using server = await startTestServer()
  await using proxy = await startProxy(`location /api/ { proxy_pass ${server.url}/; ${PASSES_UPGRADE} }`)
  const taskId = await server.createTask({ pace_ms: 1_000 })
  const { status, body } = await refusedBy(proxy, streamPath(taskId))
  expect(status).toBe(404)
  expect(JSON.parse(body).text).toContain('a proxy strip it?')
  expect((await server.metrics()).get('ws_unmatched_path_total{near_miss="missing_prefix"}')).toBe(1)
})

/** Nothing is said for longer than the proxy waits. */
const QUIET = { steps: 1, pace_ms: 1_500 }

test('a proxy that cuts idle connections: a heartbeat shorter than its time keeps them, a longer one does not', async () => {
  await using patient = await startTestServer({ heartbeatMs: 60_000 })
  await using lively = await startTestServer({ heartbeatMs: 200 })
  const cutting = (server: TestServer) =>
    `proxy_pass ${server.url}/; proxy_read_timeout 1s; ${PASSES_UPGRADE}`
  await using proxy = await startProxy(
    `location /patient/ { ${cutting(patient)} } location /lively/ { ${cutting(lively)} }`,
  )
  const [lost, kept] = await Promise.all([
    followed(through(proxy, `/patient${streamPath(await patient.createTask({ pace_ms: 60_000 }))}`)),
    followed(through(proxy, `/lively${streamPath(await lively.createTask(QUIET))}`)),
  ])
  expect(lost.code).toBe(1006)
  expect(kept).toMatchObject({ code: 1000, types: expect.arrayContaining(['completed']) })
  // The session was told to be lost by the network, not to have been left.
  await expect
    .poll(async () =>
      (await patient.metrics()).get('ws_closes_total{code_class="abnormal",initiator="network"}'),
    )
    .toBe(1)
})

/** Clients that the server tells apart after these came through the proxy. */
async function clientsSeen(server: TestServer, addresses: readonly string[]): Promise<number> {
  await using proxy = await startProxy(`location / { proxy_pass ${server.url}; ${PASSES_UPGRADE} }`)
  const taskId = await server.createTask({ pace_ms: 60_000 })
  for (const localAddress of addresses) {
    const ws = through(proxy, streamPath(taskId), { localAddress })
    await once(ws, 'message')
    ws.terminate()
    await once(ws, 'close')
  }
  const metrics = await server.metrics()
  return ['ok', 'failing', 'looping'].reduce(
    (sum, state) => sum + (metrics.get(`ws_clients{state="${state}"}`) ?? 0),
    0,
  )
}

test('behind a trusted proxy clients are told apart by their own address, behind any other they are one', async () => {
  const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.2']
  await using trusting = await startTestServer({ trustedProxies: ['127.0.0.1'] })
  expect(await clientsSeen(trusting, addresses)).toBe(3)
  await using wary = await startTestServer()
  expect(await clientsSeen(wary, addresses)).toBe(1)
})

test('a client cannot make itself another by sending the header', async () => {
  await using server = await startTestServer({ trustedProxies: ['127.0.0.1'] })
  await using proxy = await startProxy(`location / { proxy_pass ${server.url}; ${PASSES_UPGRADE} }`)
  const taskId = await server.createTask({ pace_ms: 60_000 })
  for (let index = 1; index <= 5; index++) {
    const headers = { 'X-Forwarded-For': `192.0.2.${index}` }
    const ws = through(proxy, streamPath(taskId), { headers, localAddress: '127.0.0.2' })
    await once(ws, 'message')
    ws.terminate()
  }
  await expect
    .poll(async () => (await server.metrics()).get('ws_opens_total{kind="reconnect"}'))
    .toBeGreaterThan(0)
  const metrics = await server.metrics()
  const seen = [...metrics]
    .filter(([key]) => key.startsWith('ws_clients{'))
    .reduce((sum, [, value]) => sum + value, 0)
  expect(seen).toBe(1)
})

test("behind a trusted proxy that ends TLS, the page's scheme and host are the proxy's", async () => {
  await using server = await startTestServer({ trustedProxies: ['127.0.0.1'] })
  const told = `proxy_set_header X-Forwarded-Proto https; proxy_set_header X-Forwarded-Host app.example;`
  await using proxy = await startProxy(`location / { proxy_pass ${server.url}; ${PASSES_UPGRADE} ${told} }`)
  const taskId = await server.createTask({ pace_ms: 60_000 })
  const outcome = async (origin: string) => {
    const ws = through(proxy, streamPath(taskId), { origin })
    ws.on('error', () => {})
    const answer = await Promise.race([
      once(ws, 'open').then(() => 'open'),
      once(ws, 'unexpected-response').then(([, response]) => response.statusCode),
    ])
    ws.terminate()
    return answer
  }
  expect(await outcome('https://app.example')).toBe('open')
  expect(await outcome('http://app.example')).toBe(403)
  expect(await outcome('https://evil.example')).toBe(403)
})
