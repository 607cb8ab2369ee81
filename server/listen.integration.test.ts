import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startTestServer } from './testing.ts'

test('a server with two accept queues serves connections of both, and lets go of the port when it stops', async () => {
  const server = await startTestServer({ acceptQueues: 2 })
  const taskId = await server.createTask({ steps: 1, pace_ms: 60_000 })
  // The kernel spreads by a hash of the addresses: of so many, some are in either queue.
  const clients = Array.from({ length: 32 }, () => server.open(taskId))
  await Promise.all(clients.map(client => client.receives('current_status')))
  await server.stop()
  expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(Array(32).fill(1001))
  const refused = connect(server.port, '127.0.0.1')
  const code = await new Promise(resolve =>
    refused.once('error', error => resolve((error as { code?: string }).code)),
  )
  expect(code).toBe('ECONNREFUSED')
})
