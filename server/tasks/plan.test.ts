import { expect, test } from 'vitest'
import { createTaskRequest } from '#protocol/decode'
import { planTask } from './plan.ts'

const request = (rest: Record<string, unknown> = {}) =>
  createTaskRequest.parse({ kind: 'roadmap_generation', steps: 6, pace_ms: 100, ...rest })

test('equal seeds give equal plans, others do not; a seed of the request goes before that of the server', () => {
  expect(planTask(request(), 1)).toEqual(planTask(request(), 1))
  expect(planTask(request(), 1)).not.toEqual(planTask(request(), 2))
  expect(planTask(request({ seed: 5 }), 1)).toEqual(planTask(request({ seed: 5 }), 2))
})

test('progress rises to one, each step has its stage, the pace is kept within a tenth', () => {
  const plan = planTask(request(), 1)
  const progress = plan.map(({ event }) => event.progress)
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  expect(progress.at(-1)).toBe(1)
  expect(plan.map(({ event }) => event.type)).toEqual([...Array(6).fill('progress'), 'completed'])
  for (const { afterMs } of plan) expect(Math.abs(afterMs - 100)).toBeLessThanOrEqual(10)
  for (const { event } of plan.slice(0, -1)) expect(event).toHaveProperty('stage', expect.stringMatching(/./))
})

test('a task that fails stops short of one', () => {
  const last = planTask(request({ outcome: 'failed' }), 1).at(-1)?.event
  expect(last).toMatchObject({ type: 'failed', error: expect.stringMatching(/./) })
  expect(last?.progress).toBeLessThan(1)
})
