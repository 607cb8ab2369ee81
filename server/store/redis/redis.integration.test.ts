import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { systemClock } from '#core'
import { startRedis } from '../../../test/support/redis.ts'
import { requireTool } from '../../../test/support/require-tool.ts'
import { newTask, progress } from '../testing.ts'
import { redisStore } from './index.ts'

test('a message on a channel that is no event is none', async () => {
  await using redis = await startRedis(await requireTool('redis-server'))
  const events = { onUp: () => {}, onGap: () => {} }
  await using store = await redisStore({ url: redis.url, clock: systemClock, events })
  const { task } = await store.create(newTask())
  const heard: number[] = []
  const subscription = await store.subscribe(task.task_id, ({ event }) => void heard.push(event.seq))
  const other = new Redis(redis.url)
  using _other = { [Symbol.dispose]: () => other.disconnect() }
  for (const garbage of ['garbage', 'null', '5', '{}']) {
    expect(await other.publish(`petrel:{${task.task_id}}:live`, garbage)).toBe(1)
  }
  await store.publish(task.task_id, progress(0.1))
  await expect.poll(() => heard).toEqual([1])
  subscription[Symbol.dispose]()
})

test('what was published while the subscription was lost is handed on, and counted as a gap', async () => {
  await using redis = await startRedis(await requireTool('redis-server'))
  let gaps = 0
  let isUp = true
  const events = {
    onUp: (up: boolean) => {
      isUp = up
    },
    onGap: () => {
      gaps += 1
    },
  }
  await using hearing = await redisStore({ url: redis.url, clock: systemClock, events })
  const { task } = await hearing.create(newTask())
  const heard: number[] = []
  const subscription = await hearing.subscribe(task.task_id, ({ event }) => void heard.push(event.seq))
  await hearing.publish(task.task_id, progress(0.1))
  await expect.poll(() => heard).toEqual([1])
  expect(gaps).toBe(0)
  const admin = new Redis(redis.url)
  using _admin = { [Symbol.dispose]: () => admin.disconnect() }
  const known = () => hearing.followed(task.task_id)?.seq
  expect(known()).toBe(1)
  // In one go: what is published right behind the cut is heard by nobody.
  await admin.multi().client('KILL', 'TYPE', 'PUBSUB').exec()
  await hearing.publish(task.task_id, progress(0.2))
  await expect.poll(() => heard).toEqual([1, 2])
  await expect.poll(() => isUp).toBe(true)
  await expect.poll(known).toBe(2)
  expect(gaps).toBe(1)
  subscription[Symbol.dispose]()
})

test('tasks that have expired leave the list; one that is just being made does not', async () => {
  await using redis = await startRedis(await requireTool('redis-server'))
  const events = { onUp: () => {}, onGap: () => {} }
  await using store = await redisStore({ url: redis.url, clock: systemClock, events })
  const admin = new Redis(redis.url)
  using _admin = { [Symbol.dispose]: () => admin.disconnect() }
  const member = (age: number, id: string) => `${String(Date.now() - age).padStart(15, '0')}:${id}`
  const young = member(0, 'young')
  for (const one of [member(60_000, 'old'), young]) await admin.zadd('petrel:index', 0, one)
  await store.claim(10, 1_000)
  expect(await admin.zrange('petrel:index', '0', '-1')).toEqual([young])
})
