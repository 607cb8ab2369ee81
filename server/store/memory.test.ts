import { expect, test } from 'vitest'
import type { TaskEvent } from '#protocol'
import { memoryStore } from './memory.ts'
import type { NewEvent } from './store.ts'

const progress = (value: number): NewEvent => ({ type: 'progress', progress: value, stage: 'writing' })

function store() {
  let ids = 0
  return memoryStore(() => `id-${++ids}`)
}

test('events are numbered from one, kept, and handed on; the snapshot follows them', async () => {
  const tasks = store()
  const { task_id, epoch } = await tasks.create('batch')
  const heard: TaskEvent[] = []
  const subscription = tasks.subscribe(task_id, event => heard.push(event))
  await tasks.publish(task_id, progress(0.5))
  await tasks.publish(task_id, progress(0.4))
  subscription[Symbol.dispose]()
  await tasks.publish(task_id, { type: 'completed', progress: 1 })
  expect(heard.map(({ seq }) => seq)).toEqual([1, 2])
  expect((await tasks.history(task_id, 1)).map(({ seq }) => seq)).toEqual([2, 3])
  expect(await tasks.read(task_id)).toMatchObject({ epoch, seq: 3, status: 'completed', progress: 1 })
})

test('the progress of a snapshot never goes back', async () => {
  const tasks = store()
  const { task_id } = await tasks.create('batch')
  await tasks.publish(task_id, progress(0.5))
  await tasks.publish(task_id, progress(0.4))
  expect((await tasks.read(task_id))?.progress).toBe(0.5)
})

test('a review waits', async () => {
  const tasks = store()
  const { task_id } = await tasks.create('batch')
  await tasks.publish(task_id, { type: 'human_review_required', progress: 0.5, prompt: 'is this right?' })
  expect((await tasks.read(task_id))?.status).toBe('waiting_for_review')
})

test('the oldest events of a long task go first', async () => {
  const tasks = store()
  const { task_id } = await tasks.create('batch')
  for (let event = 0; event < 1_001; event++) await tasks.publish(task_id, progress(0))
  const kept = await tasks.history(task_id, 0)
  expect([kept.length, kept[0]?.seq]).toEqual([1_000, 2])
})

test('a task that does not exist has no snapshot, and takes no event', async () => {
  const tasks = store()
  expect(await tasks.read('none')).toBeUndefined()
  await expect(tasks.publish('none', progress(0))).rejects.toThrow('there is no task none')
})
