import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { handshake } from '../src/instrument/testing.ts'
import { startTestServer } from './testing.ts'

/** Names of this test: one stands for two addresses, one for an address that no machine has. */
vi.mock('node:dns/promises', () => {
  const found: Record<string, string[]> = {
    'two.test': ['127.0.0.1', '127.0.0.2'],
    'half.test': ['127.0.0.1', '192.0.2.1'],
  }
  return {
    lookup: async (name: string) => (found[name] ?? []).map(address => ({ address, family: 4 })),
  }
})

/** Whether anything accepts connections there. */
const isOpen = (port: number, host: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, host)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

test('a server with two accept queues serves connections of both, and lets go of the port when it stops', async () => {
  const server = await startTestServer({ acceptQueues: 2 })
  const taskId = await server.createTask({ steps: 1, pace_ms: 60_000 })
  // The kernel spreads by a hash of the addresses: of so many, some are in either queue.
  const clients = Array.from({ length: 32 }, () => server.open(taskId))
  await Promise.all(clients.map(client => client.receives('current_status')))
  await server.stop()
  expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(Array(32).fill(1001))
  expect(await isOpen(server.port, '127.0.0.1')).toBe(false)
})

test.each([1, 2])(
  'every address of a name is listened on, measured and limited as the first: %i queues',
  async acceptQueues => {
    const server = await startTestServer({ host: 'two.test', acceptQueues, metricsPort: 0 })
    // A handshake that has lost its upgrade is counted where the server's own requests are.
    const second = connect(server.port, '127.0.0.2')
    second.on('error', () => {})
    second.write(handshake('/api/v1/ws/t1').replace('Upgrade: websocket\r\n', '').replace('Upgrade', 'close'))
    await new Promise(resolve => second.resume().once('close', resolve))
    expect(
      (await server.metrics()).get(
        'ws_handshakes_total{outcome="refused",reason="not_websocket",route="/api/v1/ws/{taskId}",status="426"}',
      ),
    ).toBe(1)
    await server.stop()
    expect(await isOpen(server.port, '127.0.0.1')).toBe(false)
    expect(await isOpen(server.port, '127.0.0.2')).toBe(false)
  },
)

test('an address that the machine does not have is left out', async () => {
  await using server = await startTestServer({ host: 'half.test', metricsPort: 0 })
  expect(await isOpen(server.port, '127.0.0.1')).toBe(true)
})
