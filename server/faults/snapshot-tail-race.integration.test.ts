import { expect, test } from 'vitest'
import { PRODUCER_TOKEN, progress, publish, startTestServer } from '../testing.ts'

const GAPS = 'task_sequence_gaps_total{where="connection"}'
const SUBSCRIBERS = 'task_subscribers'
const settings = { producerToken: PRODUCER_TOKEN, faults: ['snapshot-tail-race=1s'] }
const external = { work: 'external' }

test('an event between snapshot and subscription is missing until the next reveals the hole', async () => {
  await using server = await startTestServer(settings)
  const taskId = await server.createTask(external)
  const client = server.open(taskId)
  await client.receives('current_status')
  await publish(server, taskId, progress(0.1))
  await publish(server, taskId, progress(0.2))
  await expect.poll(async () => (await server.metrics()).get(SUBSCRIBERS), { timeout: 5_000 }).toBe(1)
  expect(client.frames.map(({ type }) => type)).toEqual(['connected', 'current_status'])
  expect((await server.metrics()).get(GAPS)).toBe(0)
  await publish(server, taskId, progress(0.3))
  await expect.poll(() => client.frames.slice(2).map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect((await server.metrics()).get(GAPS)).toBe(1)
})

test('when it was the last event, the page is stuck and no gap is ever counted', async () => {
  await using server = await startTestServer(settings)
  const taskId = await server.createTask(external)
  await publish(server, taskId, progress(0.9))
  const stuck = server.open(taskId)
  await stuck.receives('current_status')
  await publish(server, taskId, { type: 'completed' })
  await expect.poll(async () => (await server.metrics()).get(SUBSCRIBERS), { timeout: 5_000 }).toBe(1)
  expect(stuck.frames.at(-1)).toMatchObject({ type: 'current_status', progress: 0.9 })
  expect(stuck.ws.readyState).toBe(stuck.ws.OPEN)
  expect((await server.metrics()).get(GAPS)).toBe(0)
})

test('a client that leaves before it was subscribed leaves no subscription', async () => {
  await using server = await startTestServer({
    faultControl: 'loopback',
    faults: ['snapshot-tail-race=100ms'],
  })
  const taskId = await server.createTask({ pace_ms: 60_000 })
  const { ws } = server.open(taskId)
  ws.on('open', () => ws.close())
  const later = server.open(taskId)
  await later.receives('current_status')
  await expect.poll(async () => (await server.metrics()).get(SUBSCRIBERS)).toBe(1)
  later.ws.close()
  await expect.poll(async () => (await server.metrics()).get(SUBSCRIBERS)).toBe(0)
})

test('off: the same event arrives, without a gap', async () => {
  await using server = await startTestServer({ producerToken: PRODUCER_TOKEN })
  const taskId = await server.createTask(external)
  const client = server.open(taskId)
  await client.receives('current_status')
  await publish(server, taskId, { type: 'completed' })
  expect(await client.closed).toBe(1000)
  expect((await server.metrics()).get(GAPS)).toBe(0)
})
