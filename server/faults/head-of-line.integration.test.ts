import { expect, test } from 'vitest'
import { PRODUCER_TOKEN, progress, publish, startTestServer, type TestServer } from '../testing.ts'

const COALESCED = 'ws_slow_consumer_actions_total{action="coalesce"}'
/** Review events that wait are bounded by it too: what the test publishes must be less. */
const SLOW_BYTES = 1_048_576
const LAG_COUNT = 'ws_delivery_lag_seconds_count'
const BIG = { type: 'human_review_required', progress: 0, prompt: 'x'.repeat(4_000) }

/** One client does not read and counts as slow; another, which came later, follows the same task. */
async function slowAndHealthy(server: TestServer) {
  const taskId = await server.createTask({ work: 'external' })
  const slow = server.open(taskId)
  await slow.receives('current_status')
  slow.ws.pause()
  const healthy = server.open(taskId)
  await healthy.receives('current_status')
  // Until the kernel takes no more for the slow one.
  while (((await server.metrics()).get('ws_buffered_bytes') ?? 0) <= SLOW_BYTES) {
    await Promise.all(Array.from({ length: 50 }, () => publish(server, taskId, BIG)))
  }
  return { taskId, slow, healthy }
}

/** Share of the deliveries that took longer than so many seconds. */
async function slower(server: TestServer, seconds: string) {
  const metrics = await server.metrics()
  return (metrics.get(LAG_COUNT) ?? 0) - (metrics.get(`ws_delivery_lag_seconds_bucket{le="${seconds}"}`) ?? 0)
}

test('drained: whoever does not read holds up everybody behind, until it is gone', async () => {
  await using server = await startTestServer({
    producerToken: PRODUCER_TOKEN,
    slowConsumerBytes: SLOW_BYTES,
    faults: ['head-of-line=drained'],
  })
  const { taskId, slow, healthy } = await slowAndHealthy(server)
  await publish(server, taskId, progress(0.5))
  const answered = healthy.frames.length
  healthy.ws.send('{"type":"get_status"}')
  await expect.poll(() => healthy.frames.at(-1)?.type).toBe('current_status')
  // The server lives and answers; the event that was published before is not there.
  expect(healthy.frames.slice(answered).map(({ type }) => type)).not.toContain('progress')
  slow.ws.terminate()
  await healthy.receives('progress')
})

test('500ms: the same, for so long at each pass; deliveries are late', async () => {
  await using server = await startTestServer({
    producerToken: PRODUCER_TOKEN,
    slowConsumerBytes: SLOW_BYTES,
    faults: ['head-of-line=500ms'],
  })
  const { taskId, healthy } = await slowAndHealthy(server)
  await publish(server, taskId, progress(0.5))
  await healthy.receives('progress')
  await expect.poll(() => slower(server, '0.25')).toBeGreaterThan(0)
})

test('off: one that does not read delays nobody, its progress coalesces', async () => {
  await using server = await startTestServer({ producerToken: PRODUCER_TOKEN, slowConsumerBytes: SLOW_BYTES })
  const { taskId, healthy } = await slowAndHealthy(server)
  await publish(server, taskId, progress(0.5))
  await publish(server, taskId, progress(0.6))
  await expect.poll(() => healthy.frames.at(-1)?.progress).toBe(0.6)
  await expect.poll(async () => (await server.metrics()).get(COALESCED)).toBe(1)
})
