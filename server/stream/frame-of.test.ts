import { expect, test } from 'vitest'
import type { TaskEvent } from '#protocol'
import { frameOf } from './frame-of.ts'

const event: TaskEvent = { type: 'progress', task_id: 't', seq: 1, progress: 0, stage: 's' }

test('the frame of an event is built once', () => {
  expect(frameOf(event)).toBe(frameOf(event))
})

test('a kept frame keeps no more memory than its bytes', () => {
  const { bytes } = frameOf(event)
  expect(bytes.toString('utf8', 2)).toBe(JSON.stringify(event))
  expect(bytes.buffer.byteLength).toBe(bytes.length)
})
