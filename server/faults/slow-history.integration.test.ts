import { expect, test } from 'vitest'
import { CLOSE } from '#protocol'
import { startTestServer } from '../testing.ts'

const COUNT = 'ws_first_message_seconds_count'
const SUM = 'ws_first_message_seconds_sum'
const ERROR = 'ws_sessions_total{reason="server_error",verdict="bad"}'

test.each([
  ['300ms', 0.29],
  ['1s', 0.99],
])('%s: the first message comes later by that', async (variant, seconds) => {
  await using server = await startTestServer({
    faultControl: 'loopback',
    faults: [`slow-history=${variant}`],
  })
  const taskId = await server.createTask({ pace_ms: 60_000 })
  await server.open(taskId).receives('current_status')
  await expect.poll(async () => (await server.metrics()).get(COUNT)).toBe(1)
  const slow = (await server.metrics()).get(SUM) ?? 0
  expect(slow).toBeGreaterThanOrEqual(seconds)
  await server.setFault('slow-history', 'off')
  await server.open(taskId).receives('current_status')
  await expect.poll(async () => (await server.metrics()).get(COUNT)).toBe(2)
  expect(((await server.metrics()).get(SUM) ?? 0) - slow).toBeLessThan(slow)
})

test('5s: longer than the server waits: 1013, a line with the reason, a bad session', async () => {
  await using server = await startTestServer({ faults: ['slow-history=5s'], historyTimeoutMs: 200 })
  const client = server.open(await server.createTask({ pace_ms: 60_000 }))
  expect(await client.closed).toBe(CLOSE.tryAgainLater)
  expect(client.frames).toEqual([])
  await expect.poll(async () => (await server.metrics()).get(ERROR)).toBe(1)
  expect(server.lines).toContainEqual(expect.objectContaining({ msg: 'websocket_store_away' }))
})
