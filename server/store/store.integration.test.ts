import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#core'
import type { TaskEvent } from '#protocol'
import { createTaskRequest } from '#protocol/decode'
import { startRedis } from '../../test/support/redis.ts'
import { requireTool } from '../../test/support/require-tool.ts'
import { memoryStore } from './memory.ts'
import { redisStore } from './redis/index.ts'
import type { NewEvent, NewTask, PublishedEvent, StoreLimits, TaskStore } from './store.ts'
import { completed, newTask, progress } from './testing.ts'

const LIMITS: StoreLimits = { history: 20, finishedMs: 60_000 }

/** Both stores, by one contract. */
const STORES: Record<string, (limits?: StoreLimits) => Promise<TaskStore>> = {
  memory: async (limits = LIMITS) => owned(memoryStore(systemClock, limits)),
  async redis(limits = LIMITS) {
    const redis = owned(await startRedis(await requireTool('redis-server')))
    const events = { onUp: () => {}, onGap: () => {} }
    return owned(await redisStore({ url: redis.url, clock: systemClock, events, limits }))
  },
}

const owned = <T extends AsyncDisposable>(resource: T): T => {
  ending.push(resource)
  return resource
}
const ending: AsyncDisposable[] = []
afterEach(async () => {
  for (const resource of ending.splice(0).toReversed()) await resource[Symbol.asyncDispose]()
})

const sequences = (events: readonly PublishedEvent[]) => events.map(({ event }) => event.seq)

for (const [name, open] of Object.entries(STORES)) {
  test(`${name}: events are numbered from one, kept and handed on; the snapshot follows them`, async () => {
    const store = await open()
    const { task } = await store.create(newTask())
    const heard: TaskEvent[] = []
    const subscription = await store.subscribe(task.task_id, ({ event }) => heard.push(event))
    const first = await store.publish(task.task_id, progress(0.5), { traceparent: '00-aa-bb-01' })
    expect(first).toMatchObject({ event: { seq: 1, task_id: task.task_id }, traceparent: '00-aa-bb-01' })
    await store.publish(task.task_id, progress(0.4))
    await expect.poll(() => heard.length).toBe(2)
    subscription[Symbol.dispose]()
    await store.publish(task.task_id, completed)
    expect(sequences(await store.history(task.task_id, 1))).toEqual([2, 3])
    expect((await store.history(task.task_id, 0)).map(({ event }) => event).slice(0, 2)).toEqual(heard)
    const { epoch } = task
    expect(await store.read(task.task_id)).toMatchObject({
      epoch,
      seq: 3,
      status: 'completed',
      progress: 1,
      stage: 'writing',
    })
  })

  test(`${name}: what is known of a followed task is what its subscribers have, and what a read gives`, async () => {
    const store = await open()
    const { task } = await store.create(newTask({ owner: 'somebody' }))
    let heard = 0
    await store.subscribe(task.task_id, ({ event }) => {
      heard = event.seq
      expect(store.followed(task.task_id)?.seq ?? heard).toBe(heard)
    })
    expect(store.followed(task.task_id)).toEqual(task)
    const events: NewEvent[] = [
      progress(0.5),
      progress(0.4),
      { type: 'human_review_required', progress: 0.6, prompt: 'is it right?' },
      progress(0.7),
    ]
    for (const [index, event] of events.entries()) {
      await store.publish(task.task_id, event)
      await expect.poll(() => heard).toBe(index + 1)
      expect(store.followed(task.task_id)).toEqual(await store.read(task.task_id))
    }
    expect(await store.history(task.task_id, heard)).toEqual([])
    await store.publish(task.task_id, completed)
    await expect.poll(() => heard).toBe(5)
    const known = store.followed(task.task_id) ?? (await store.read(task.task_id))
    expect(known).toMatchObject({ status: 'completed', seq: 5 })
  })

  test(`${name}: progress never goes back, neither in the snapshot nor in an event`, async () => {
    const store = await open()
    const { task } = await store.create(newTask())
    await store.publish(task.task_id, progress(0.123456789))
    const later = await store.publish(task.task_id, progress(0.1))
    expect(later?.event.progress).toBe(0.123456789)
    expect((await store.read(task.task_id))?.progress).toBe(0.123456789)
  })

  test(`${name}: nothing follows a terminal event, whoever publishes it`, async () => {
    const store = await open()
    const { task } = await store.create(newTask())
    const ends = await Promise.allSettled([
      store.publish(task.task_id, completed),
      store.publish(task.task_id, { type: 'cancelled', progress: 0 }),
      store.publish(task.task_id, { type: 'failed', progress: 0, error: 'late' }),
    ])
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(store.publish(task.task_id, progress(1))).rejects.toMatchObject({
      code: 'task_ended',
      message: `the task ${task.task_id} has ended`,
    })
    expect(await store.history(task.task_id, 0)).toHaveLength(1)
  })

  test(`${name}: a step that was published is not published again`, async () => {
    const store = await open()
    const { task } = await store.create(newTask())
    expect(await store.publish(task.task_id, progress(0.1), { step: 1 })).toBeDefined()
    expect(await store.publish(task.task_id, progress(0.1), { step: 1 })).toBeUndefined()
    expect(await store.publish(task.task_id, completed, { step: 2 })).toBeDefined()
    expect(await store.publish(task.task_id, completed, { step: 2 })).toBeUndefined()
    expect(await store.work(task.task_id)).toMatchObject({ step: 2, seed: 1, request: newTask().request })
    expect((await store.read(task.task_id))?.seq).toBe(2)
  })

  test(`${name}: a review waits, and is answered once`, async () => {
    const store = await open()
    const { task } = await store.create(newTask())
    const answer = () => store.publish(task.task_id, progress(0.5), { ifWaiting: true })
    await expect(answer()).rejects.toMatchObject({ code: 'task_not_waiting' })
    await store.publish(task.task_id, {
      type: 'human_review_required',
      progress: 0.5,
      prompt: 'is it right?',
    })
    expect((await store.read(task.task_id))?.status).toBe('waiting_for_review')
    const answers = await Promise.allSettled([answer(), answer()])
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect((await store.read(task.task_id))?.status).toBe('running')
  })

  test(`${name}: an idempotency key gives one task, and refuses another request`, async () => {
    const store = await open()
    const all = await Promise.all(
      Array.from({ length: 8 }, () => store.create(newTask({ idempotencyKey: 'k' }))),
    )
    expect(new Set(all.map(({ task }) => task.task_id)).size).toBe(1)
    expect(all.filter(({ created }) => created)).toHaveLength(1)
    const other = newTask({ idempotencyKey: 'k', request: createTaskRequest.parse({ kind: 'batch' }) })
    await expect(store.create(other)).rejects.toMatchObject({ code: 'idempotency_conflict' })
    expect((await store.list(10)).tasks).toHaveLength(1)
  })

  test(`${name}: a key means something to its owner alone, and apart from the keys of a batch`, async () => {
    const store = await open()
    const keys: Partial<NewTask>[] = [
      { idempotencyKey: 'a:b:c' },
      { idempotencyKey: 'b:c', owner: 'a' },
      { idempotencyKey: 'c', owner: 'a:b' },
      { idempotencyKey: 'c', owner: 'a:b', parent_id: 'p' },
    ]
    const create = () => Promise.all(keys.map(key => store.create(newTask(key))))
    const first = await create()
    expect(first.map(({ created }) => created)).toEqual([true, true, true, true])
    const again = await create()
    expect(again.map(({ task }) => task.task_id)).toEqual(first.map(({ task }) => task.task_id))
  })

  test(`${name}: the list is paged, newest first`, async () => {
    const store = await open()
    const ids: string[] = []
    for (let index = 0; index < 5; index++) {
      ids.push((await store.create(newTask())).task.task_id)
      // Two of one millisecond have no order.
      const now = Date.now()
      await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(now)
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await store.list(2, cursor)
      expect(page.tasks.length).toBeLessThanOrEqual(2)
      seen.push(...page.tasks.map(({ task_id }) => task_id))
      cursor = page.next
    } while (cursor !== undefined)
    await expect(store.list(2, 'garbage')).rejects.toMatchObject({ code: 'bad_cursor' })
    expect(seen).toEqual(ids.toReversed())
  })

  test(`${name}: the oldest events of a long task go first`, async () => {
    const store = await open()
    const { task } = await store.create(newTask())
    for (let event = 0; event < 25; event++) await store.publish(task.task_id, progress(0))
    expect(sequences(await store.history(task.task_id, 0))[0]).toBe(6)
  })

  test(`${name}: a finished task is forgotten after its time`, async () => {
    const store = await open({ history: 10, finishedMs: 30 })
    const { task } = await store.create(newTask())
    await store.publish(task.task_id, completed)
    await expect.poll(() => store.read(task.task_id)).toBeUndefined()
    await store.claim(10, 1_000)
    expect((await store.list(10)).tasks).toEqual([])
  })

  test(`${name}: a task that does not exist has nothing and takes nothing`, async () => {
    const store = await open()
    expect(await store.read('none')).toBeUndefined()
    expect(await store.work('none')).toBeUndefined()
    await expect(store.publish('none', progress(0))).rejects.toMatchObject({ code: 'task_unknown' })
    await expect(store.subscribe('none', () => {})).rejects.toMatchObject({ code: 'task_unknown' })
  })

  test(`${name}: many listeners of many tasks hear each event once, in order, joined with the history`, async () => {
    const store = await open({ history: 1_000, finishedMs: 60_000 })
    const ids = await Promise.all(
      Array.from({ length: 5 }, async () => (await store.create(newTask())).task.task_id),
    )
    const listeners: number[][] = []
    const publishing = ids.map(async id => {
      for (let event = 0; event < 60; event++) await store.publish(id, progress(0))
      await store.publish(id, completed)
    })
    for (let round = 0; round < 6; round++) {
      for (const id of ids) {
        const seen: number[] = []
        listeners.push(seen)
        let deliver = (_published: PublishedEvent) => {}
        const waiting: PublishedEvent[] = []
        deliver = one => void waiting.push(one)
        await store.subscribe(id, one => deliver(one))
        const hand = ({ event }: PublishedEvent) => {
          if (event.seq > (seen.at(-1) ?? 0)) seen.push(event.seq)
        }
        for (const one of await store.history(id, 0)) hand(one)
        for (const one of waiting) hand(one)
        deliver = hand
      }
    }
    await Promise.all(publishing)
    const all = Array.from({ length: 61 }, (_, index) => index + 1)
    await expect.poll(() => listeners.every(seen => seen.at(-1) === 61)).toBe(true)
    for (const seen of listeners) expect(seen).toEqual(all)
  })
}
