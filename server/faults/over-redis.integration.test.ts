import { expect, test } from 'vitest'
import { CLOSE } from '#protocol'
import { startRedis } from '../../test/support/redis.ts'
import { requireTool } from '../../test/support/require-tool.ts'
import { PRODUCER_TOKEN, progress, publish, startTestServer } from '../testing.ts'

/** The switches that lie between the store and the streams do the same over Redis, on the replica that has them. */
async function twoReplicas(faults: readonly string[]) {
  const stack = new AsyncDisposableStack()
  const redis = stack.use(await startRedis(await requireTool('redis-server')))
  const shared = { redisUrl: redis.url, producerToken: PRODUCER_TOKEN }
  const faulty = stack.use(await startTestServer({ ...shared, faults, historyTimeoutMs: 200 }))
  const healthy = stack.use(await startTestServer(shared))
  const taskId = await healthy.createTask({ work: 'external' })
  return { stack, faulty, healthy, taskId }
}

const GAPS = 'task_sequence_gaps_total{where="connection"}'
const SUBSCRIBERS = 'task_subscribers'

test('snapshot-tail-race: what another replica publishes in between is missing until the next reveals the hole', async () => {
  const { stack, faulty, healthy, taskId } = await twoReplicas(['snapshot-tail-race=1s'])
  await using _ = stack
  const client = faulty.open(taskId)
  const sound = healthy.open(taskId)
  await Promise.all([client.receives('current_status'), sound.receives('current_status')])
  await publish(healthy, taskId, progress(0.1))
  await expect.poll(async () => (await faulty.metrics()).get(SUBSCRIBERS), { timeout: 5_000 }).toBe(1)
  expect(client.frames.map(({ type }) => type)).toEqual(['connected', 'current_status'])
  await publish(healthy, taskId, progress(0.2))
  const seen = ({ frames }: typeof client) => frames.slice(2).map(({ seq }) => seq)
  await expect.poll(() => seen(client)).toEqual([1, 2])
  await expect.poll(() => seen(sound)).toEqual([1, 2])
  expect((await faulty.metrics()).get(GAPS)).toBe(1)
  expect((await healthy.metrics()).get(GAPS)).toBe(0)
})

test('slow-history: its replica gives up in time, the other one answers', async () => {
  const { stack, faulty, healthy, taskId } = await twoReplicas(['slow-history=5s'])
  await using _ = stack
  expect(await faulty.open(taskId).closed).toBe(CLOSE.tryAgainLater)
  await healthy.open(taskId).receives('current_status')
})

test('subscriber-leak: its replica keeps who has left, the other one does not', async () => {
  const { stack, faulty, healthy, taskId } = await twoReplicas(['subscriber-leak=all'])
  await using _ = stack
  for (const server of [faulty, healthy]) {
    const client = server.open(taskId)
    await client.receives('current_status')
    client.ws.close()
    await client.closed
  }
  await expect.poll(async () => (await healthy.metrics()).get(SUBSCRIBERS)).toBe(0)
  expect((await faulty.metrics()).get(SUBSCRIBERS)).toBe(1)
})

test('never-closes: the end arrives from the other replica, and the stream stays open', async () => {
  const { stack, faulty, healthy, taskId } = await twoReplicas(['never-closes'])
  await using _ = stack
  const client = faulty.open(taskId)
  const sound = healthy.open(taskId)
  await Promise.all([client.receives('current_status'), sound.receives('current_status')])
  await publish(healthy, taskId, { type: 'completed' })
  await client.receives('completed')
  expect(await sound.closed).toBe(CLOSE.ended)
  expect(client.ws.readyState).toBe(client.ws.OPEN)
})
