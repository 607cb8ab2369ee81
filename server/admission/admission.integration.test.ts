import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSE, STREAM_PATH, streamPath } from '#protocol'
import { closed, handshake } from '../../src/instrument/testing.ts'
import { startTestServer, type TestServer } from '../testing.ts'

const LONG = { pace_ms: 60_000 }

/** The whole answer to one raw request, from an address of the loopback network. */
async function answerTo(port: number, request: string, localAddress = '127.0.0.1'): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  socket.on('error', () => {})
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  socket.write(request)
  await once(socket, 'close')
  return answer
}

const handshakes = (route: string, status: number, reason: string) =>
  `ws_handshakes_total{outcome="refused",reason="${reason}",route="${route}",status="${status}"}`

const refusedLines = (server: TestServer, reason: string) =>
  server.lines.filter(line => line.msg === 'websocket_refused' && line.reason === reason)

/** How a browser's page is answered: its error frame and its close code. */
async function pageOf(
  server: TestServer,
  path: string,
): Promise<{ code: number; frame: Record<string, unknown> }> {
  const ws = new WebSocket(server.url.replace('http', 'ws') + path, { origin: server.url })
  const frame = once(ws, 'message').then(([data]) => JSON.parse(String(data)))
  const [code] = await once(ws, 'close')
  return { code, frame: await frame }
}

test('the connection limit holds; who leaves makes room; a page can read it, a program gets Retry-After', async () => {
  await using server = await startTestServer({ connectionLimit: 2 })
  const taskId = await server.createTask(LONG)
  const [first, second] = [server.open(taskId), server.open(taskId)]
  await Promise.all([first.receives('current_status'), second.receives('current_status')])

  const answer = await answerTo(server.port, handshake(streamPath(taskId)))
  expect(answer).toMatch(/^HTTP\/1.1 503 /)
  expect(answer).toMatch(/^Retry-After: [1-5]\r$/m)
  const { code, frame } = await pageOf(server, streamPath(taskId))
  expect(code).toBe(CLOSE.tryAgainLater)
  expect(frame).toMatchObject({ type: 'error', code: '1013', retry_after_ms: expect.any(Number) })

  const metrics = await server.metrics()
  expect(metrics.get('ws_connections_limit')).toBe(2)
  expect(metrics.get('ws_admission_refusals_total{reason="connection_limit"}')).toBe(2)
  expect(metrics.get(handshakes(STREAM_PATH, 503, 'connection_limit'))).toBe(1)
  expect(metrics.get(handshakes(STREAM_PATH, 101, 'connection_limit'))).toBe(1)
  expect(metrics.get('ws_opens_total{kind="first"}')).toBe(2)
  expect(refusedLines(server, 'connection_limit')).toHaveLength(2)

  first.ws.terminate()
  await expect
    .poll(async () => {
      const { ws } = server.open(taskId)
      return Promise.race([once(ws, 'open').then(() => 'open'), once(ws, 'close').then(() => 'refused')])
    })
    .toBe('open')
})

test('as many as the burst come in at once; the next is told when to come back', async () => {
  await using server = await startTestServer({ upgradeRate: 1, upgradeBurst: 50 })
  const taskId = await server.createTask(LONG)
  const clients = Array.from({ length: 50 }, () => server.open(taskId))
  await Promise.all(clients.map(client => client.receives('current_status')))
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => answerTo(server.port, handshake(streamPath(taskId)))),
  )
  const refused = answers.filter(answer => answer.startsWith('HTTP/1.1 429 '))
  expect(refused.length).toBeGreaterThan(10)
  // They are spread: told to come back together they would be refused again together.
  const waits = new Set(refused.map(answer => /^Retry-After: (\d)\r$/m.exec(answer)?.[1]))
  expect(waits.size).toBeGreaterThan(1)
  expect((await server.metrics()).get('ws_admission_refusals_total{reason="rate_limited"}')).toBe(
    refused.length,
  )
})

/** Opens and leaves at once, as the founding incident's client did; tells how it was answered. */
async function flap(server: TestServer, taskId: string, clientId?: string): Promise<'open' | number> {
  const { ws } = server.open(taskId, clientId === undefined ? {} : { clientId })
  const outcome = await Promise.race([
    once(ws, 'open').then(() => 'open' as const),
    once(ws, 'unexpected-response').then(([, response]) => Number(response.statusCode)),
  ])
  if (outcome === 'open') ws.close()
  else ws.terminate()
  await closed(ws)
  return outcome
}

async function flapUntilHeld(server: TestServer, taskId: string, clientId?: string): Promise<number> {
  for (let attempt = 1; attempt < 100; attempt++) {
    if ((await flap(server, taskId, clientId)) === 429) return attempt
  }
  throw new Error('it was never held')
}

test('one looping client is seen and held among healthy ones that share its address', async () => {
  await using server = await startTestServer({ loopFailures: 25, loopHoldMs: 60_000 })
  const taskId = await server.createTask(LONG)
  const healthy = Array.from({ length: 20 }, (_, index) =>
    server.open(taskId, { clientId: `healthy-${index}` }),
  )
  await Promise.all(healthy.map(client => client.receives('current_status')))
  expect(await flapUntilHeld(server, taskId, 'loop')).toBeGreaterThan(25)

  const metrics = await server.metrics()
  expect(metrics.get('ws_clients{state="looping"}')).toBe(1)
  expect(metrics.get('ws_clients{state="ok"}')).toBe(20)
  expect(metrics.get('ws_loop_breaker_trips_total')).toBe(1)
  expect(metrics.get('ws_admission_refusals_total{reason="looping"}')).toBe(1)
  expect(metrics.get(handshakes(STREAM_PATH, 429, 'rate_limited'))).toBe(1)
  expect(server.lines).toContainEqual(
    expect.objectContaining({ msg: 'client_looping', client: 'id:loop', failures: 25 }),
  )
  expect(healthy.every(({ ws }) => ws.readyState === ws.OPEN)).toBe(true)
  await server.open(taskId, { clientId: 'healthy-0' }).receives('current_status')

  const { code, frame } = await pageOf(server, streamPath(taskId, { clientId: 'loop' }))
  expect(code).toBe(CLOSE.looping)
  expect(Number(frame.retry_after_ms)).toBeGreaterThan(50_000)
})

test('without an id a loop is one address on one task: its neighbours on other tasks are not held', async () => {
  await using server = await startTestServer({ loopFailures: 10, loopHoldMs: 60_000 })
  const [looped, other] = [await server.createTask(LONG), await server.createTask(LONG)]
  await flapUntilHeld(server, looped)
  await server.open(other).receives('current_status')
  await server.open(looped, {}, { localAddress: '127.0.0.9' }).receives('current_status')
  await server.open(looped, { clientId: 'somebody' }).receives('current_status')
})

test('after the hold a client may try once, and is free when it is served', async () => {
  await using server = await startTestServer({ loopFailures: 5, loopHoldMs: 200 })
  const taskId = await server.createTask({ pace_ms: 60_000, steps: 1 })
  await flapUntilHeld(server, taskId, 'c')
  const tripsOf = async () => (await server.metrics()).get('ws_loop_breaker_trips_total')
  expect(await tripsOf()).toBe(1)
  await expect.poll(() => flap(server, taskId, 'c')).toBe('open')
  await expect.poll(tripsOf).toBe(2)

  const short = await server.createTask({ steps: 1, pace_ms: 1 })
  await expect.poll(() => server.open(short, { clientId: 'c' }).closed, { timeout: 10_000 }).toBe(1000)
  expect(await flap(server, taskId, 'c')).toBe('open')
})

test('who asks for what is not there, over and over, is held too', async () => {
  await using server = await startTestServer({ loopFailures: 5, loopHoldMs: 60_000 })
  const codes: unknown[] = []
  for (let attempt = 0; attempt < 6; attempt++)
    codes.push(await server.open('no-such-task', { clientId: 'c' }).closed)
  expect(codes).toEqual([4505, 4505, 4505, 4505, 4505, 1006])
})

test.each([
  ['/ws/t1', 'missing_prefix', 'proxy strip'],
  ['/app/api/v1/ws/t1', 'extra_prefix', 'too many'],
  ['/api/v2/ws/t1', 'version', 'version'],
  ['/api/v1/ws/t1/', 'trailing_slash', 'slash'],
  ['/api/v1/ws', 'missing_task', 'task'],
])('a page that nearly dials a stream can read what is wrong: %s', async (path, miss, text) => {
  await using server = await startTestServer()
  const { code, frame } = await pageOf(server, path)
  expect(code).toBe(CLOSE.wrongPath)
  expect(frame).toMatchObject({ type: 'error', code: '4504', text: expect.stringContaining(text) })
  const metrics = await server.metrics()
  expect(metrics.get(`ws_unmatched_path_total{near_miss="${miss}"}`)).toBe(1)
  expect(metrics.get(handshakes('unmatched', 101, 'wrong_path'))).toBe(1)
  expect(metrics.get('ws_opens_total{kind="first"}')).toBe(0)
  expect(refusedLines(server, 'wrong_path')).toMatchObject([{ path, close_code: 4504 }])
})

test('a page of another site, a program, and a path that is far off get the raw refusal', async () => {
  await using server = await startTestServer()
  for (const [path, origin] of [
    ['/ws/t1', 'https://evil.example'],
    ['/ws/t1', undefined],
    ['/elsewhere', server.url],
  ] as const) {
    const answer = await answerTo(
      server.port,
      handshake(path, {
        Host: new URL(server.url).host,
        ...(origin === undefined ? {} : { Origin: origin }),
      }),
    )
    expect(answer).toMatch(/^HTTP\/1.1 404 /)
  }
})

test('a flood of wrong paths is refused to the last, by few lines that count the rest, and by few readable answers', async () => {
  await using server = await startTestServer()
  const FLOOD = 1_000
  const codes = new Map<string, number>()
  const one = async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(handshake('/ws/t1', { Host: new URL(server.url).host, Origin: server.url }))
    const [answer] = await once(socket, 'data')
    // Who waited for the end of a readable one would slow the flood down.
    socket.destroy()
    const status = String(answer).slice(9, 12)
    codes.set(status, (codes.get(status) ?? 0) + 1)
  }
  const began = performance.now()
  for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: FLOOD / 10 }, one))
  const seconds = (performance.now() - began) / 1_000
  expect(codes.get('101') ?? 0).toBeGreaterThan(0)
  expect(codes.get('101') ?? 0).toBeLessThanOrEqual(100 * (seconds + 1))
  expect((codes.get('101') ?? 0) + (codes.get('404') ?? 0)).toBe(FLOOD)
  const counted = () =>
    server.lines.reduce((sum, { msg, more }) => {
      if (msg === 'websocket_refused') return sum + 1
      return msg === 'websocket_refused_more' ? sum + Number(more) : sum
    }, 0)
  await expect.poll(counted, { timeout: 5_000 }).toBe(FLOOD)
  expect(server.lines.length).toBeLessThan(15 * (seconds + 2))
})

/** Half a handshake, and nothing more. */
async function halfOpen(port: number, index: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.1.${1 + (index % 200)}` })
  socket.on('error', () => {})
  socket.resume()
  await once(socket, 'connect')
  if (index % 2 === 0) socket.write('GET /api/v1/ws/t1 HTTP/1.1\r\nHost: x\r\nX-Slow: ')
  return socket
}

/** So many of them, never more at once than a listen backlog takes. */
async function halfOpens(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(100, count - sockets.length) }, (_, index) => index)
    sockets.push(...(await Promise.all(batch.map(index => halfOpen(port, sockets.length + index)))))
  }
  return sockets
}

test('a thousand half-open handshakes are shed and counted, while a whole one is served', async () => {
  await using server = await startTestServer({ handshakeTimeoutMs: 1_500 })
  const taskId = await server.createTask(LONG)
  const sockets = await halfOpens(server.port, 1_000)
  const gone = sockets.map(socket => (socket.destroyed ? undefined : once(socket, 'close')))
  await server.open(taskId).receives('current_status')
  await Promise.all(gone)
  const metrics = await server.metrics()
  expect(metrics.get('ws_admission_refusals_total{reason="half_open"}')).toBe(1_000)
  expect(refusedLines(server, 'half_open').length).toBeGreaterThan(0)
  expect(refusedLines(server, 'half_open').length).toBeLessThan(200)
  await server.open(taskId).receives('current_status')
})

test('sockets beyond streams and requests together are dropped, and counted', async () => {
  await using server = await startTestServer({ connectionLimit: 1, handshakeTimeoutMs: 30_000 })
  const sockets = await halfOpens(server.port, 1_050)
  // One stream and a thousand requests have room.
  await expect.poll(() => sockets.filter(({ destroyed }) => destroyed).length).toBe(1_050 - 1_001)
  expect(refusedLines(server, 'connection_limit').length).toBeGreaterThan(0)
  for (const socket of sockets) socket.destroy()
  await expect
    .poll(() =>
      server.metrics().then(
        all => all.get('ws_admission_refusals_total{reason="connection_limit"}'),
        () => 0,
      ),
    )
    .toBeGreaterThanOrEqual(1_050 - 1_001)
})

test('a second accept queue has such a limit too', async () => {
  await using server = await startTestServer({
    acceptQueues: 2,
    connectionLimit: 2,
    handshakeTimeoutMs: 30_000,
  })
  const sockets = await halfOpens(server.port, 2_100)
  // How the kernel divides them is its own; together they have room for so many.
  await expect
    .poll(() => sockets.filter(({ destroyed }) => destroyed).length)
    .toBeGreaterThanOrEqual(2_100 - 2 * 1_001)
  expect(refusedLines(server, 'connection_limit').length).toBeGreaterThan(0)
  for (const socket of sockets) socket.destroy()
})

test('headers that are too large are refused, and end nothing', async () => {
  await using server = await startTestServer()
  const answer = await answerTo(server.port, handshake(streamPath('t1'), { 'X-Large': 'x'.repeat(9_000) }))
  expect(answer).toMatch(/^HTTP\/1.1 431 /)
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
})

test.each([
  ['no key', 'GET', 'Sec-WebSocket-Version: 13'],
  ['another version', 'GET', 'Sec-WebSocket-Version: 99\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
  ['another method', 'POST', 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
])('a handshake with %s is refused with 400 in our form, counted and logged', async (_, method, headers) => {
  await using server = await startTestServer()
  const path = streamPath(await server.createTask(LONG))
  const request = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n\r\n`
  const answer = await answerTo(server.port, request)
  expect(answer).toContain('HTTP/1.1 400')
  expect(answer).toContain('"error":"bad_upgrade"')
  expect((await server.metrics()).get(handshakes(STREAM_PATH, 400, 'bad_upgrade'))).toBe(1)
  expect(refusedLines(server, 'bad_upgrade')).toHaveLength(1)
})
