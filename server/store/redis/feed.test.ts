import { expect, test } from 'vitest'
import type { TaskEvent } from '#protocol'
import { manualClock } from '../../../test/support/manual-clock.ts'
import type { PublishedEvent, TaskSnapshot } from '../store.ts'
import { Feed, RETRY_MS } from './feed.ts'

const event = (seq: number, type = 'progress'): PublishedEvent => ({
  event: { type, task_id: 'a', seq, progress: seq / 10, stage: 's' } as TaskEvent,
  at: 0,
})
const events = (...seqs: number[]) => seqs.map(seq => event(seq))
/** A task with so many events. */
const task = (seq: number) => ({ task_id: 'a', status: 'running', seq, progress: 0 }) as TaskSnapshot
const turn = () => new Promise<void>(resolve => setImmediate(resolve))

/** A feed with one listener, whose reads are answered when the test says so. */
function feed() {
  const clock = manualClock()
  const reads: (PromiseWithResolvers<PublishedEvent[] | undefined> & { after: number })[] = []
  const heard: number[] = []
  const told = { gaps: 0, lost: 0 }
  const one = new Feed({
    read(after) {
      const read = { after, ...Promise.withResolvers<PublishedEvent[] | undefined>() }
      reads.push(read)
      return read.promise
    },
    onGap: () => void told.gaps++,
    clock,
  })
  const listener = {
    onEvent: (published: PublishedEvent) => void heard.push(published.event.seq),
    onLost: () => void told.lost++,
  }
  one.listeners.add(listener)
  return {
    feed: one,
    heard,
    told,
    /** Where the reads began that nobody has answered yet. */
    asked: () => reads.map(({ after }) => after),
    async answer(with_: PublishedEvent[] | undefined | Error) {
      const read = reads.shift()
      if (with_ instanceof Error) read?.reject(with_)
      else read?.resolve(with_)
      await turn()
    },
    async pass(ms: number) {
      clock.advance(ms)
      await turn()
    },
  }
}

test('live events are handed on in order, each once; none before it is known where they begin', () => {
  const { feed: one, heard, told } = feed()
  for (const live of events(3, 4)) one.live(live)
  expect(heard).toEqual([])
  one.begin(task(3))
  for (const live of events(4, 5, 5, 6)) one.live(live)
  expect(heard).toEqual([4, 5, 6])
  expect(told).toEqual({ gaps: 0, lost: 0 })
})

test('what is missing is read, and what came meanwhile follows it', async () => {
  const { feed: one, heard, told, asked, answer } = feed()
  one.begin(task(0))
  for (const live of events(1, 4)) one.live(live)
  expect(asked()).toEqual([1])
  one.live(event(5))
  await answer(events(2, 3, 4))
  expect(heard).toEqual([1, 2, 3, 4, 5])
  expect(told).toEqual({ gaps: 1, lost: 0 })
})

test('a read that fails is made again, though nothing new arrives: the last event may be among what is missing', async () => {
  const { feed: one, heard, asked, answer, pass } = feed()
  one.begin(task(1))
  one.resubscribed()
  await answer(new Error('the store is away'))
  expect(asked()).toEqual([])
  await pass(RETRY_MS)
  await answer(new Error('still away'))
  await pass(RETRY_MS)
  await answer(events(2))
  expect(heard).toEqual([2])
})

test('a subscription that is lost while a read is under way is read for once more', async () => {
  const { feed: one, heard, asked, answer } = feed()
  one.begin(task(0))
  one.live(event(2))
  one.resubscribed()
  await answer(events(1, 2))
  expect(asked()).toEqual([2])
  await answer(events(3))
  expect(heard).toEqual([1, 2, 3])
})

test('one that is lost before it is known where the events begin is read for then', async () => {
  const { feed: one, heard, asked, answer } = feed()
  one.resubscribed()
  one.begin(task(4))
  expect(asked()).toEqual([4])
  await answer(events(5))
  expect(heard).toEqual([5])
})

test('what is not kept any more is left out, and is asked for once', async () => {
  const { feed: one, heard, asked, answer } = feed()
  one.begin(task(0))
  one.live(event(5))
  await answer(events(4, 5))
  expect(heard).toEqual([4, 5])
  one.live(event(9))
  await answer([])
  expect(heard).toEqual([4, 5, 9])
  expect(asked()).toEqual([])
})

test('a task that is lost is told of; a feed that nobody listens to asks no more', async () => {
  const { feed: one, told, asked, answer, pass } = feed()
  one.begin(task(3))
  one.resubscribed()
  await answer(undefined)
  expect(told).toEqual({ gaps: 0, lost: 1 })
  one.resubscribed()
  await answer(new Error('away'))
  one.listeners.clear()
  await pass(RETRY_MS)
  expect(asked()).toEqual([])
})

test('the task is known from its beginning, as far as its events were handed on, and no longer after its end', () => {
  const { feed: one, heard } = feed()
  one.live(event(2))
  expect(one.task).toBeUndefined()
  one.begin(task(1))
  expect([heard, one.task]).toEqual([[2], { ...task(2), progress: 0.2, stage: 's' }])
  one.live(event(3, 'completed'))
  expect([heard, one.task]).toEqual([[2, 3], undefined])
})

test('while something may be missing the task is not known', async () => {
  const { feed: one, answer, pass } = feed()
  one.begin(task(1))
  one.live(event(3))
  expect(one.task).toBeUndefined()
  await answer(events(2, 3))
  expect(one.task?.seq).toBe(3)
  one.unsubscribed()
  expect(one.task).toBeUndefined()
  one.resubscribed()
  expect(one.task).toBeUndefined()
  await answer(new Error('the store is away'))
  expect(one.task).toBeUndefined()
  await pass(RETRY_MS)
  await answer(events(4))
  expect(one.task?.seq).toBe(4)
})

test('a read that ends while the subscription is lost makes nothing known', async () => {
  const { feed: one, heard, asked, answer } = feed()
  one.begin(task(1))
  one.live(event(3))
  one.unsubscribed()
  await answer(events(2, 3))
  expect([heard, one.task]).toEqual([[2, 3], undefined])
  one.resubscribed()
  expect(asked()).toEqual([3])
  await answer(events(4))
  expect([heard, one.task?.seq]).toEqual([[2, 3, 4], 4])
})
