import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing.ts'

const SILENT = 'ws_sessions_total{reason="silent",verdict="bad"}'
const seconds = async (server: TestServer) => {
  const metrics = await server.metrics()
  return {
    count: metrics.get('ws_first_message_seconds_count'),
    sum: metrics.get('ws_first_message_seconds_sum') ?? Number.NaN,
  }
}

test('never: an open socket that is pinged and told nothing, and a silent session', async () => {
  await using server = await startTestServer({ faults: ['silent-first-message=never'], heartbeatMs: 800 })
  const client = server.open(await server.createTask({ pace_ms: 60_000 }), { includeHistory: true })
  await once(client.ws, 'ping')
  await expect.poll(async () => (await server.metrics()).get(SILENT), { timeout: 5_000 }).toBe(1)
  expect(client.frames).toEqual([])
  expect(client.ws.readyState).toBe(client.ws.OPEN)
  expect((await seconds(server)).count).toBe(0)
})

test('3s: the greeting comes, and too late for a good session', async () => {
  await using server = await startTestServer({ faults: ['silent-first-message=3s'] })
  const client = server.open(await server.createTask({ pace_ms: 60_000 }))
  await client.receives('current_status')
  expect((await server.metrics()).get(SILENT)).toBe(1)
  expect((await seconds(server)).sum).toBeGreaterThanOrEqual(2.9)
})

test('1s: late, and still good; off: at once', async () => {
  await using server = await startTestServer({
    faultControl: 'loopback',
    faults: ['silent-first-message=1s'],
  })
  const taskId = await server.createTask({ pace_ms: 60_000 })
  await server.open(taskId).receives('current_status')
  await expect.poll(async () => (await seconds(server)).count).toBe(1)
  const late = (await seconds(server)).sum
  expect(late).toBeGreaterThanOrEqual(0.9)
  await server.setFault('silent-first-message', 'off')
  await server.open(taskId).receives('current_status')
  await expect.poll(async () => (await seconds(server)).count).toBe(2)
  expect((await seconds(server)).sum - late).toBeLessThan(0.9)
  expect((await server.metrics()).get(SILENT)).toBe(0)
})

test('1s: a client that leaves meanwhile is sent nothing', async () => {
  await using server = await startTestServer({ faults: ['silent-first-message=1s'] })
  const { ws, opened } = server.open(await server.createTask({ pace_ms: 60_000 }))
  await opened
  ws.close()
  // A second client that came later is greeted later.
  await server.open(await server.createTask({ pace_ms: 60_000 })).receives('current_status')
  const sends = [...(await server.metrics())].filter(([key]) => key.startsWith('ws_send_after_close_total'))
  expect(sends.filter(([, value]) => value > 0)).toEqual([])
})
