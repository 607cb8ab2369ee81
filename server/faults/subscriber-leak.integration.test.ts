import { once } from 'node:events'
import { expect, test } from 'vitest'
import { PRODUCER_TOKEN, progress, publish, startTestServer, type TestServer } from '../testing.ts'

const SUBSCRIBERS = 'task_subscribers'
const OPEN = 'ws_connections{state="open"}'

async function comeAndGo(server: TestServer, taskId: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const client = server.open(taskId)
    await client.receives('current_status')
    client.ws.close()
    await once(client.ws, 'close')
  }
  await expect.poll(async () => (await server.metrics()).get(OPEN)).toBe(0)
}

test('all: each session that ends stays subscribed, and is sent nothing; off lets go', async () => {
  await using server = await startTestServer({
    producerToken: PRODUCER_TOKEN,
    faultControl: 'loopback',
    faults: ['subscriber-leak=all'],
  })
  const taskId = await server.createTask({ work: 'external' })
  await comeAndGo(server, taskId, 3)
  expect((await server.metrics()).get(SUBSCRIBERS)).toBe(3)
  await publish(server, taskId, progress(0.5))
  const sends = [...(await server.metrics())].filter(([key]) => key.startsWith('ws_send_after_close_total'))
  expect(sends.filter(([, value]) => value > 0)).toEqual([])
  await server.setFault('subscriber-leak', 'off')
  expect((await server.metrics()).get(SUBSCRIBERS)).toBe(0)
})

test('1-in-10: some do; off: none', async () => {
  await using server = await startTestServer({
    faultControl: 'loopback',
    faults: ['subscriber-leak=1-in-10'],
  })
  const taskId = await server.createTask({ pace_ms: 60_000 })
  // Until one has leaked: that a hundred in a row do not is one case of 37,000.
  let leaked = 0
  for (let time = 0; time < 100 && leaked === 0; time++) {
    await comeAndGo(server, taskId, 1)
    leaked = (await server.metrics()).get(SUBSCRIBERS) ?? 0
  }
  expect(leaked).toBe(1)
  await server.setFault('subscriber-leak', 'off')
  await comeAndGo(server, taskId, 3)
  expect((await server.metrics()).get(SUBSCRIBERS)).toBe(0)
})
