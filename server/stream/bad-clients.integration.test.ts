import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { streamPath } from '#protocol'
import { PRODUCER_TOKEN, progress, publish, startTestServer, type TestServer } from '../testing.ts'

const OPEN = 'ws_connections{state="open"}'
const CLOSING = 'ws_connections{state="closing"}'
const REVIEW = { type: 'human_review_required', progress: 0, prompt: 'x'.repeat(4_000) }

/** Nothing of any client is left: no session, no subscription, no byte. */
async function nothingIsLeft(server: TestServer): Promise<void> {
  const left = async () => {
    const metrics = await server.metrics()
    return [OPEN, CLOSING, 'task_subscribers', 'ws_buffered_bytes'].map(name => metrics.get(name))
  }
  await expect.poll(left, { timeout: 20_000 }).toEqual([0, 0, 0, 0])
  const told = (msg: string) => server.lines.filter(line => line.msg === msg).length
  expect(told('websocket_disconnected')).toBe(told('websocket_connected'))
  expect(server.errors()).toEqual([])
}

const sendsAfterClose = async (server: TestServer) =>
  [...(await server.metrics())].filter(
    ([key, value]) => key.startsWith('ws_send_after_close_total') && value > 0,
  )

test('clients that never read: given up with the slow-consumer code, told, counted, and bounded', async () => {
  const slowConsumerBytes = 65_536
  await using server = await startTestServer({ producerToken: PRODUCER_TOKEN, slowConsumerBytes })
  const taskId = await server.createTask({ work: 'external' })
  const deaf = Array.from({ length: 4 }, () => server.open(taskId))
  for (const client of deaf) {
    await client.receives('current_status')
    client.ws.pause()
  }
  const reads = server.open(taskId)
  await reads.receives('current_status')

  const AT_ONCE = 10
  let most = 0
  const givenUp = () => server.lines.filter(({ msg }) => msg === 'websocket_given_up')
  while (givenUp().length < deaf.length) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => publish(server, taskId, REVIEW)))
    most = Math.max(most, (await server.metrics()).get('ws_buffered_bytes') ?? 0)
  }
  // Each holds a socket's share and a queue's share, and is over both by what was written at a time.
  const atATime = AT_ONCE * (REVIEW.prompt.length + 200)
  expect(most).toBeGreaterThan(slowConsumerBytes)
  expect(most).toBeLessThan((deaf.length + 1) * 2 * (slowConsumerBytes + atATime))
  expect(givenUp()[0]).toMatchObject({ task_id: taskId, reason: 'slow_consumer', level: 40 })
  const metrics = await server.metrics()
  expect(metrics.get('ws_slow_consumer_actions_total{action="close"}')).toBe(deaf.length)
  // Whoever reads has everything all the same.
  await publish(server, taskId, { type: 'completed' })
  expect(await reads.closed).toBe(1000)
  const published = reads.frames.filter(({ type }) => type === 'human_review_required').map(({ seq }) => seq)
  expect(published).toEqual(Array.from({ length: published.length }, (_, index) => index + 1))
  // What was under way in the kernel comes first, then the code.
  deaf[0]?.ws.resume()
  expect([4013, 1006]).toContain(await deaf[0]?.closed)
  await nothingIsLeft(server)
  expect(await sendsAfterClose(server)).toEqual([])
})

test('a client that never answers, not even a close: 4008, told, counted, and cut', async () => {
  await using server = await startTestServer({ heartbeatMs: 100 })
  const { ws, receives } = server.open(await server.createTask({ pace_ms: 60_000 }))
  await receives('current_status')
  ws.pause()
  await nothingIsLeft(server)
  expect((await server.metrics()).get('ws_heartbeat_timeouts_total')).toBe(1)
  expect(server.lines).toContainEqual(
    expect.objectContaining({ msg: 'websocket_heartbeat_timeout', reason: 'no pong in time', level: 40 }),
  )
})

const upgrade = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`

test('clients that open and are gone within a moment, in each way to go: no error, nothing sent behind them', async () => {
  await using server = await startTestServer({ historyReadMs: 5, producerToken: PRODUCER_TOKEN })
  const taskId = await server.createTask({ work: 'external' })
  const path = streamPath(taskId, { includeHistory: true })
  const raw = async (leave: 'end' | 'destroy' | 'reset') => {
    const socket = connect(server.port, '127.0.0.1').on('error', () => {})
    await once(socket, 'connect')
    socket.write(upgrade(path))
    if (leave === 'end') socket.end()
    else if (leave === 'destroy') socket.destroy()
    else socket.resetAndDestroy()
    socket.resume()
    if (!socket.closed) await once(socket, 'close')
  }
  const atTheOpen = async (how: 'close' | 'terminate') => {
    const { ws } = server.open(taskId, { includeHistory: true })
    await once(ws, 'open')
    ws[how]()
    await once(ws, 'close')
  }
  for (let round = 0; round < 20; round++) {
    await Promise.all([
      ...(['end', 'destroy', 'reset'] as const).map(raw),
      ...(['close', 'terminate'] as const).map(atTheOpen),
      publish(server, taskId, progress(0.01 * round)),
    ])
  }
  await nothingIsLeft(server)
  const metrics = await server.metrics()
  const sessions = server.lines.filter(({ msg }) => msg === 'websocket_connected').length
  expect(sessions).toBeGreaterThanOrEqual(40)
  expect(metrics.get('ws_sessions_total{reason="short_lived",verdict="bad"}')).toBe(sessions)
  const afterClose = await sendsAfterClose(server)
  expect(afterClose.filter(([key]) => /again|local_close/.test(key))).toEqual([])
  // The next client is served as ever.
  await server.open(taskId).receives('current_status')
})
