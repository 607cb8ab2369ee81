import { expect, test } from 'vitest'
import { startTestServer } from '../testing.ts'

const LAG = 'nodejs_eventloop_lag_max_seconds'
/** Longer than the period of the blocks, so that each scrape has seen one. */
const EACH = { interval: 1_500, timeout: 30_000 }

test.each([
  ['50ms', 0.05],
  ['250ms', 0.25],
  ['700ms', 0.7],
  ['900ms', 0.9],
])('%s: the lag of the event loop reaches it, and nobody is lost', async (variant, seconds) => {
  await using server = await startTestServer({
    faults: [`blocked-event-loop=${variant}`],
    heartbeatMs: 2_000,
  })
  const client = server.open(await server.createTask({ pace_ms: 300 }), { includeHistory: true })
  const lag = async () => (await server.metrics()).get(LAG)
  // The histogram behind it is exact to one part in a thousand.
  await expect.poll(lag, EACH).toBeGreaterThan(seconds * 0.99)
  expect(await client.closed).toBe(1000)
})

test('off: the blocks end', async () => {
  await using server = await startTestServer({
    faultControl: 'loopback',
    faults: ['blocked-event-loop=900ms'],
  })
  const lag = async () => (await server.metrics()).get(LAG)
  await expect.poll(lag, EACH).toBeGreaterThan(0.89)
  await server.setFault('blocked-event-loop', 'off')
  await expect.poll(lag, EACH).toBeLessThan(0.6)
})
