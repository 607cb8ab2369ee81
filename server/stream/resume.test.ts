import { expect, test } from 'vitest'
import type { TaskSnapshot } from '../store/store.ts'
import { oldestKept, planResume } from './resume.ts'

const task = { epoch: 'e1', seq: 10 } as TaskSnapshot
const request = (resume: { epoch: string; seq: number } | undefined, includeHistory = false) => ({
  taskId: 't',
  includeHistory,
  resume,
})

test.each([
  ['no resume: live events alone', undefined, 1, { result: undefined, afterSeq: 10 }],
  ['the newest was seen', { epoch: 'e1', seq: 10 }, 1, { result: 'nothing_missed', afterSeq: 10 }],
  ['some were missed', { epoch: 'e1', seq: 7 }, 1, { result: 'exact', afterSeq: 7 }],
  ['just what is kept was missed', { epoch: 'e1', seq: 4 }, 5, { result: 'exact', afterSeq: 4 }],
  ['more was missed than is kept', { epoch: 'e1', seq: 3 }, 5, { result: 'too_old', afterSeq: 0 }],
  ['nothing is kept', { epoch: 'e1', seq: 9 }, 11, { result: 'too_old', afterSeq: 0 }],
  ['a sequence of the future', { epoch: 'e1', seq: 11 }, 1, { result: 'gap', afterSeq: 0 }],
  ['another life of the task', { epoch: 'e0', seq: 10 }, 1, { result: 'epoch_changed', afterSeq: 0 }],
] as const)('%s', (_, resume, oldest, plan) => {
  expect(planResume(request(resume), task, oldest)).toEqual(plan)
})

test('history that was asked for begins at the beginning', () => {
  expect(planResume(request(undefined, true), task, 1)).toEqual({ result: undefined, afterSeq: 0 })
})

test('the oldest of an empty history is the next event', () => {
  expect(oldestKept([], 10)).toBe(11)
})
