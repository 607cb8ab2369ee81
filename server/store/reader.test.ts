import { expect, onTestFinished, test, vi } from 'vitest'
import { taskReader } from './reader.ts'
import type { PublishedEvent, TaskSnapshot, TaskStore } from './store.ts'

/** A reader over a history that is answered when the test says so. */
function reader({ timeoutMs = 60_000 } = {}) {
  const reads: { key: string; answer: PromiseWithResolvers<PublishedEvent[]> }[] = []
  const store = {
    followed: () => undefined,
    history(taskId: string, afterSeq: number) {
      const answer = Promise.withResolvers<PublishedEvent[]>()
      reads.push({ key: `${taskId} after ${afterSeq}`, answer })
      return answer.promise
    },
  } as unknown as TaskStore
  return { reads, ...taskReader(store, { timeoutMs, delay: async () => {} }) }
}

test('equal reads that are under way are one; others, and later ones, are not', async () => {
  const { history, reads } = reader()
  const crowd = Array.from({ length: 1_000 }, () => history('a', 0))
  const other = history('b', 0)
  const further = history('a', 5)
  await vi.waitFor(() => expect(reads.map(({ key }) => key)).toEqual(['a after 0', 'b after 0', 'a after 5']))
  for (const { answer } of reads) answer.resolve([])
  await Promise.all([...crowd, other, further])
  const later = history('a', 0)
  await vi.waitFor(() => expect(reads).toHaveLength(4))
  reads[3]?.answer.resolve([])
  await later
})

test('a read that takes too long fails for all who wait, and the next one asks again', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { history, reads } = reader({ timeoutMs: 1_500 })
  const failing = Promise.allSettled([history('a', 0), history('a', 0)])
  await vi.advanceTimersByTimeAsync(1_500)
  const both = await failing
  for (const one of both) expect(one).toMatchObject({ reason: { code: 'broker_down' } })
  const again = history('a', 0)
  await vi.advanceTimersByTimeAsync(0)
  reads[1]?.answer.resolve([])
  expect(await again).toEqual([])
})

test('who asks for a task while it is read gets a read that began later, one for all who asked', async () => {
  const reads: PromiseWithResolvers<TaskSnapshot | undefined>[] = []
  const store = {
    followed: () => undefined,
    read() {
      const answer = Promise.withResolvers<TaskSnapshot | undefined>()
      reads.push(answer)
      return answer.promise
    },
  } as unknown as TaskStore
  const { read } = taskReader(store, { timeoutMs: 60_000, delay: async () => {} })
  const at = (seq: number) => ({ seq }) as TaskSnapshot
  const first = read('a')
  const crowd = Array.from({ length: 1_000 }, () => read('a'))
  expect(reads).toHaveLength(1)
  reads[0]?.resolve(at(1))
  expect(await first).toEqual(at(1))
  await vi.waitFor(() => expect(reads).toHaveLength(2))
  const late = read('a')
  reads[1]?.reject(new Error('away'))
  for (const one of await Promise.allSettled(crowd)) expect(one).toMatchObject({ status: 'rejected' })
  await vi.waitFor(() => expect(reads).toHaveLength(3))
  reads[2]?.resolve(at(3))
  expect(await late).toEqual(at(3))
})

test('a task that is followed here is not asked for, unless the client has seen more elsewhere', async () => {
  const store = {
    followed: (taskId: string) => (taskId === 'here' ? { seq: 7 } : undefined),
    read: async () => ({ seq: 8 }),
  } as unknown as TaskStore
  const { read } = taskReader(store, { timeoutMs: 60_000, delay: async () => {} })
  expect(read('here')).toEqual({ seq: 7 })
  expect(read('here', 7)).toEqual({ seq: 7 })
  expect(await read('here', 8)).toEqual({ seq: 8 })
  expect(await read('elsewhere')).toEqual({ seq: 8 })
})
