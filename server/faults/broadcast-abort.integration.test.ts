import { expect, test } from 'vitest'
import { PRODUCER_TOKEN, progress, publish, startTestServer, type TestServer } from '../testing.ts'

const OK = 'ws_sends_total{outcome="ok",type="progress"}'
const OPEN = 'ws_connections{state="open"}'

/** Three follow one task; the one in the middle leaves, then an event is published. */
async function leaveInTheMiddle(server: TestServer) {
  const taskId = await server.createTask({ work: 'external' })
  const clients = []
  for (let index = 0; index < 3; index++) {
    const client = server.open(taskId)
    await client.receives('current_status')
    clients.push(client)
  }
  clients[1]?.ws.close()
  await expect.poll(async () => (await server.metrics()).get(OPEN)).toBe(2)
  await publish(server, taskId, progress(0.5))
  await clients[0]?.receives('progress')
  return { taskId, first: clients[0], last: clients[2] }
}

test('whoever came after a client that has left hears nothing, until the switch is off again', async () => {
  await using server = await startTestServer({
    producerToken: PRODUCER_TOKEN,
    faultControl: 'loopback',
    faults: ['broadcast-abort'],
  })
  const { taskId, last } = await leaveInTheMiddle(server)
  await expect.poll(() => server.errors().length).toBe(1)
  expect(server.errors()[0]).toMatchObject({
    msg: 'task_error',
    task_id: taskId,
    error: expect.stringContaining('dead'),
  })
  expect(last?.frames.map(({ type }) => type)).toEqual(['connected', 'current_status'])
  const metrics = await server.metrics()
  expect(metrics.get(OK)).toBe(1)
  expect(metrics.get('task_subscribers')).toBe(3)
  await server.setFault('broadcast-abort', 'off')
  expect((await server.metrics()).get('task_subscribers')).toBe(2)
  await publish(server, taskId, progress(0.6))
  await expect.poll(() => last?.frames.slice(2).map(({ seq }) => seq)).toEqual([1, 2])
})

test('off: one that has left costs nobody anything', async () => {
  await using server = await startTestServer({ producerToken: PRODUCER_TOKEN })
  const { last } = await leaveInTheMiddle(server)
  await last?.receives('progress')
  const metrics = await server.metrics()
  expect(metrics.get(OK)).toBe(2)
  expect(metrics.get('task_subscribers')).toBe(2)
  expect(server.errors()).toEqual([])
})
