import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { TASKS_PATH } from '#protocol'
import { startRedis, type TestRedis } from '../../test/support/redis.ts'
import { requireTool } from '../../test/support/require-tool.ts'
import { type Frame, startTestServer, type TestClient, type TestServer } from '../testing.ts'

const PRODUCER = 'the-producer-of-this-test'
const ending: AsyncDisposable[] = []
afterEach(async () => {
  for (const resource of ending.splice(0).toReversed()) await resource[Symbol.asyncDispose]()
})

const owned = <T extends AsyncDisposable>(resource: T): T => {
  ending.push(resource)
  return resource
}

async function twoReplicas(settings: Parameters<typeof startTestServer>[0] = {}) {
  const redis = owned(await startRedis(await requireTool('redis-server')))
  const shared = { redisUrl: redis.url, producerToken: PRODUCER, ...settings }
  const here = owned(await startTestServer(shared))
  const there = owned(await startTestServer(shared))
  return { redis, here, there }
}

const external = { work: 'external' }

async function produce({ url }: TestServer, taskId: string, event: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${url}${TASKS_PATH}/${taskId}/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${PRODUCER}` },
    body: JSON.stringify(event),
  })
  expect(response.status).toBe(202)
}
const progress = (value: number) => ({ type: 'progress', progress: value, stage: 'writing' })
const sequences = (frames: readonly Frame[]) =>
  frames
    .filter(({ type, seq }) => seq !== undefined && type !== 'connected' && type !== 'current_status')
    .map(({ seq }) => seq)

async function commandCalls(redis: TestRedis, command: string): Promise<number> {
  const client = new Redis(redis.url)
  try {
    return Number(
      new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await client.info('commandstats'))?.[1] ?? 0,
    )
  } finally {
    client.disconnect()
  }
}

test('a client that lost its replica returns to the other one and gets what it missed, the end among it', async () => {
  const { here, there } = await twoReplicas()
  const taskId = await here.createTask(external)
  const first = here.open(taskId)
  const { epoch } = (await first.receives('connected')) as Frame & { epoch: string }
  await produce(there, taskId, progress(0.1))
  await first.receives('progress')
  first.ws.terminate()
  await produce(there, taskId, progress(0.2))
  await produce(here, taskId, { type: 'completed' })
  const back = there.open(taskId, { resume: { epoch, seq: 1 } })
  expect(await back.closed).toBe(1000)
  expect(back.frames[0]).toMatchObject({ type: 'connected', resume: 'exact', epoch })
  expect(sequences(back.frames)).toEqual([2, 3])
  expect((await there.metrics()).get('ws_resumes_total{result="exact"}')).toBe(1)
})

test('a review is answered, and a task is cancelled, on whichever replica', async () => {
  const { here, there } = await twoReplicas()
  const taskId = await here.createTask({ review: true, steps: 2 })
  const client = there.open(taskId, { includeHistory: true })
  await client.receives('human_review_required')
  const review = await fetch(`${there.url}${TASKS_PATH}/${taskId}/review`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"decision":"approve"}',
  })
  expect(review.status).toBe(200)
  expect(await client.closed).toBe(1000)
  expect(client.frames.at(-1)).toMatchObject({ type: 'completed' })

  const other = await here.createTask({ pace_ms: 60_000 })
  const watching = here.open(other)
  await watching.receives('current_status')
  await fetch(`${there.url}${TASKS_PATH}/${other}`, { method: 'DELETE' })
  expect(await watching.closed).toBe(1000)
  expect(watching.frames.at(-1)).toMatchObject({ type: 'cancelled' })
})

test('whoever missed more than is kept is told so, and gets all that is kept', async () => {
  const { here, there } = await twoReplicas()
  const taskId = await here.createTask({ steps: 1_100, pace_ms: 0 })
  const client = there.open(taskId)
  expect(await client.closed).toBe(1000)
  const { epoch } = client.frames[0] as Frame & { epoch: string }
  const late = there.open(taskId, { resume: { epoch, seq: 3 } })
  await late.closed
  expect(late.frames[0]).toMatchObject({ resume: 'too_old' })
  const seen = sequences(late.frames)
  expect(seen.at(-1)).toBe(1_101)
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => 1_101 - seen.length + 1 + index))
})

test('a subscription that is cut in the middle heals: every event once, in order, and the gap is counted', async () => {
  const { redis, here, there } = await twoReplicas()
  const taskId = await here.createTask({ steps: 150, pace_ms: 10 })
  const clients = Array.from({ length: 5 }, () => there.open(taskId, { includeHistory: true }))
  const control = new Redis(redis.url)
  try {
    await clients[0]?.receives('progress')
    for (let cut = 0; cut < 4; cut++) {
      await control.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      const seen = clients[0]?.frames.length ?? 0
      await expect.poll(() => clients[0]?.frames.length ?? 0).toBeGreaterThan(seen + 5)
    }
  } finally {
    control.disconnect()
  }
  const all = Array.from({ length: 151 }, (_, index) => index + 1)
  for (const client of clients) {
    expect(await client.closed).toBe(1000)
    expect(sequences(client.frames)).toEqual(all)
  }
  expect((await there.metrics()).get('task_broker_reconnects_total')).toBeGreaterThan(0)
})

test('a crowd that connects at once reads the history once', async () => {
  const { redis, here, there } = await twoReplicas({ historyReadMs: 150 })
  const taskId = await here.createTask({ steps: 5, pace_ms: 0 })
  await here.open(taskId).closed
  const before = await commandCalls(redis, 'xrange')
  const crowd = Array.from({ length: 100 }, () => there.open(taskId, { includeHistory: true }))
  for (const client of crowd) {
    expect(await client.closed).toBe(1000)
    expect(sequences(client.frames)).toEqual([1, 2, 3, 4, 5, 6])
  }
  expect((await commandCalls(redis, 'xrange')) - before).toBeLessThan(10)
})

/** The status that a client is refused with. */
const refusal = ({ ws }: TestClient) =>
  new Promise(answered => ws.once('unexpected-response', (_request, { statusCode }) => answered(statusCode)))

test('a Redis that does not answer: streams stay, newcomers are told to come back, and then are served', async () => {
  const { redis, here } = await twoReplicas()
  const taskId = await here.createTask(external)
  const other = await here.createTask(external)
  const open = here.open(taskId)
  await open.receives('current_status')
  const brokerUp = async () => (await here.metrics()).get('task_broker_up')
  expect(await brokerUp()).toBe(1)
  {
    using _frozen = redis.freeze()
    // Who follows a task that others follow here needs no answer, as long as none is known to be missing.
    await here.open(taskId).receives('current_status')
    expect(await refusal(here.open(other))).toBe(503)
    expect(await brokerUp()).toBe(0)
    expect(await refusal(here.open(taskId))).toBe(503)
  }
  await expect.poll(brokerUp).toBe(1)
  await produce(here, taskId, progress(0.5))
  await open.receives('progress')
  const again = here.open(taskId, { includeHistory: true })
  await again.receives('progress')
})

test('Redis is killed while a worker publishes: whatever was acknowledged arrives, exactly once', async () => {
  const { redis, here, there } = await twoReplicas()
  const taskId = await here.createTask(external)
  const client = there.open(taskId, { includeHistory: true })
  await client.receives('current_status')
  const acknowledged: number[] = []
  const publish = async (event: Record<string, unknown>) => {
    const response = await fetch(`${here.url}${TASKS_PATH}/${taskId}/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${PRODUCER}` },
      body: JSON.stringify(event),
    })
    if (response.status !== 202) {
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('1')
      return false
    }
    acknowledged.push(((await response.json()) as { seq: number }).seq)
    return true
  }
  for (let event = 0; event < 100; event++) {
    if (event === 40) await redis.kill()
    if (event === 60) {
      await redis.restart()
      await expect.poll(() => publish(progress(0))).toBe(true)
    }
    await publish(progress(0))
  }
  await expect.poll(() => publish({ type: 'completed' })).toBe(true)
  expect(await client.closed).toBe(1000)
  const seen = sequences(client.frames)
  expect(seen).toEqual(seen.map((_, index) => index + 1))
  expect(acknowledged.filter(seq => !seen.includes(Number(seq)))).toEqual([])
  expect(acknowledged.length).toBeGreaterThanOrEqual(80)
})
