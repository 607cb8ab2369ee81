import { expect, onTestFinished, test } from 'vitest'
import type { TaskEvent } from '#protocol'
import { createTaskRequest } from '#protocol/decode'
import { manualClock } from '../../test/support/manual-clock.ts'
import { memoryStore } from '../store/memory.ts'
import type { PublishedEvent, TaskStore } from '../store/store.ts'
import { taskRunner } from './runner.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

/** A store whose subscribers hear of an event a turn after its publisher has gone on, as it is with a broker. */
function lateStore(memory: TaskStore): TaskStore {
  const listeners = new Map<string, Set<(published: PublishedEvent) => void>>()
  return {
    ...memory,
    async publish(taskId, event, options) {
      const published = await memory.publish(taskId, event, options)
      const hear = () => {
        if (published) for (const listener of listeners.get(taskId) ?? []) listener(published)
      }
      setImmediate(hear)
      return published
    },
    async subscribe(taskId, listener) {
      const all = listeners.get(taskId) ?? new Set()
      listeners.set(taskId, all.add(listener))
      return { [Symbol.dispose]: () => void all.delete(listener) }
    },
  }
}

function running(limits = { history: 1_000, finishedMs: 3_600_000 }) {
  const clock = manualClock()
  const store = lateStore(memoryStore(clock, limits))
  const published: TaskEvent[] = []
  const errors: unknown[] = []
  const runner = taskRunner(store, clock, {
    seed: 1,
    onPublished: event => void published.push(event),
    onError: error => void errors.push(error),
    onTaken: () => {},
  })
  onTestFinished(() => runner.stop())
  return {
    store,
    published,
    errors,
    start: async (request: Record<string, unknown>) =>
      (await runner.start(createTaskRequest.parse(request))).task.task_id,
    /** Lets time pass, and whoever waits for it go on, until that is so. */
    async until(isSo: () => unknown): Promise<void> {
      for (let step = 0; step < 10_000; step++) {
        if (isSo()) return
        clock.advance(5)
        for (let again = 0; again < 3; again++) await turn()
      }
      throw new Error('it never was so')
    },
    async pass(ms: number): Promise<void> {
      const end = clock.now() + ms
      await this.until(() => clock.now() >= end)
    },
  }
}

const ask = (events: readonly TaskEvent[]) => events.some(({ type }) => type === 'human_review_required')

test('a review waits for its answer, and takes the question that arrives late for none', async () => {
  const run = running()
  const taskId = await run.start({ kind: 'roadmap_generation', steps: 2, pace_ms: 10, review: true })
  await run.until(() => ask(run.published))
  await run.pass(1_000)
  expect(run.published.map(({ type }) => type)).toEqual(['progress', 'human_review_required'])
  await run.store.publish(taskId, { type: 'progress', progress: 0, stage: 'approved' }, { ifWaiting: true })
  await run.pass(1_000)
  expect(run.published.map(({ type }) => type).slice(2)).toEqual(['progress', 'completed'])
  expect(run.errors).toEqual([])
})

test('a batch that is rejected cancels the children that still run, though others are forgotten already', async () => {
  const run = running({ history: 1_000, finishedMs: 1 })
  const taskId = await run.start({ kind: 'batch', steps: 4, pace_ms: 1_000, review: true })
  await run.until(() => ask(run.published))
  await run.store.publish(taskId, { type: 'failed', progress: 0, error: 'rejected' }, { ifWaiting: true })
  await run.pass(10_000)
  const ends = run.published.filter(({ type, task_id }) => task_id !== taskId && type !== 'concept_progress')
  expect(ends.map(({ type }) => type)).toEqual(['completed', 'completed', 'cancelled', 'cancelled'])
  expect(run.errors).toEqual([])
})
