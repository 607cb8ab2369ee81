import { expect, test, vi } from 'vitest'
import type { TaskEvent } from '#protocol'
import type { PublishedEvent, TaskSnapshot } from '../store.ts'
import { Feed } from './feed.ts'

const task = { task_id: 'a', status: 'running', seq: 1, progress: 0 } as TaskSnapshot
const numbered = (seq: number, type = 'progress'): PublishedEvent => ({
  event: { type, task_id: 'a', seq, progress: seq / 10, stage: 's' } as TaskEvent,
  at: 0,
})

/** A feed whose reads are answered when the test says so, and what it handed on. */
function feed() {
  const reads: { after: number; answer: PromiseWithResolvers<PublishedEvent[] | undefined> }[] = []
  const heard: number[] = []
  const onGap = vi.fn()
  const made = new Feed(after => {
    const answer = Promise.withResolvers<PublishedEvent[] | undefined>()
    reads.push({ after, answer })
    return answer.promise
  }, onGap)
  made.listeners.add({ onEvent: ({ event }) => void heard.push(event.seq), onLost: () => {} })
  return { feed: made, reads, heard, onGap }
}

test('the task is known from its beginning, as far as its events were handed on, and no longer after its end', () => {
  const { feed: one, heard } = feed()
  one.live(numbered(2))
  expect(one.task).toBeUndefined()
  one.begin(task)
  expect([heard, one.task]).toEqual([[2], { ...task, seq: 2, progress: 0.2, stage: 's' }])
  one.live(numbered(3, 'completed'))
  expect([heard, one.task]).toEqual([[2, 3], undefined])
})

test('while something may be missing the task is not known', async () => {
  const { feed: one, reads, heard, onGap } = feed()
  one.begin(task)
  one.live(numbered(3))
  expect([heard, one.task]).toEqual([[], undefined])
  reads[0]?.answer.resolve([numbered(2), numbered(3)])
  await vi.waitFor(() => expect(one.task?.seq).toBe(3))
  expect([heard, onGap.mock.calls.length]).toEqual([[2, 3], 1])

  one.unsubscribed()
  expect(one.task).toBeUndefined()
  const back = one.resubscribed()
  await vi.waitFor(() => expect(reads).toHaveLength(2))
  expect([reads[1]?.after, one.task]).toEqual([3, undefined])
  reads[1]?.answer.resolve([numbered(4)])
  await back
  expect([heard, one.task?.seq, onGap.mock.calls.length]).toEqual([[2, 3, 4], 4, 2])
})

test('a read that had begun before the subscription was back is followed by another', async () => {
  const { feed: one, reads, heard } = feed()
  one.begin(task)
  one.live(numbered(3))
  one.unsubscribed()
  const back = one.resubscribed()
  // 4 is published after this read and before the subscription is there.
  reads[0]?.answer.resolve([numbered(2), numbered(3)])
  await vi.waitFor(() => expect(reads).toHaveLength(2))
  reads[1]?.answer.resolve([numbered(4)])
  await back
  expect([heard, one.task?.seq]).toEqual([[2, 3, 4], 4])
})

test('a subscription that is back, with a history that cannot be read, leaves the task unknown', async () => {
  const { feed: one, reads } = feed()
  one.begin(task)
  one.unsubscribed()
  const back = one.resubscribed()
  await vi.waitFor(() => expect(reads).toHaveLength(1))
  reads[0]?.answer.reject(new Error('away'))
  await expect(back).rejects.toThrow('away')
  expect(one.task).toBeUndefined()
})
