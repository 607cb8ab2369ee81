import { expect, test } from 'vitest'
import { startTestServer } from '../testing.ts'

const FINISHED = 'ws_finished_connections'

test('never: the terminal event comes and the socket stays open, until the switch is off', async () => {
  await using server = await startTestServer({ faultControl: 'loopback', faults: ['never-closes=never'] })
  const taskId = await server.createTask({ pace_ms: 10 })
  const client = server.open(taskId, { includeHistory: true })
  await client.receives('completed')
  const late = server.open(taskId)
  await late.receives('completed')
  await expect.poll(async () => (await server.metrics()).get(FINISHED)).toBe(2)
  expect(client.ws.readyState).toBe(client.ws.OPEN)
  late.ws.close()
  await expect.poll(async () => (await server.metrics()).get(FINISHED)).toBe(1)
  await server.setFault('never-closes', 'off')
  expect(await client.closed).toBe(1000)
  await expect.poll(async () => (await server.metrics()).get(FINISHED)).toBe(0)
})

test('5s: closed five seconds late', async () => {
  await using server = await startTestServer({ faults: ['never-closes=5s'] })
  const client = server.open(await server.createTask({ pace_ms: 10 }), { includeHistory: true })
  await client.receives('completed')
  await expect.poll(async () => (await server.metrics()).get(FINISHED)).toBe(1)
  expect(await client.closed).toBe(1000)
  await expect.poll(async () => (await server.metrics()).get(FINISHED)).toBe(0)
})

test('off: nobody is left on a finished task', async () => {
  await using server = await startTestServer()
  const clients = await Promise.all(
    Array.from({ length: 5 }, async () => server.open(await server.createTask({ pace_ms: 10 }))),
  )
  for (const client of clients) {
    await client.receives('completed')
    expect((await server.metrics()).get(FINISHED)).toBe(0)
    expect(await client.closed).toBe(1000)
  }
})
