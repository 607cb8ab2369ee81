import { createTaskRequest } from '#protocol/decode'
import type { NewEvent, NewTask } from './store.ts'

/** For tests of stores. */
export const newTask = (rest: Partial<NewTask> = {}): NewTask => ({
  request: createTaskRequest.parse({ kind: 'roadmap_generation' }),
  seed: 1,
  ...rest,
})
export const progress = (value: number): NewEvent => ({ type: 'progress', progress: value, stage: 'writing' })
export const completed: NewEvent = { type: 'completed', progress: 1 }
