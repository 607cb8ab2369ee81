import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NEAR_MISSES } from '#catalog'
import { fits, nearMiss, pathOf } from './near-miss.ts'

const templates = ['/api/v1/ws/{taskId}']

test.each([
  ['/ws/task-1', 'missing_prefix'],
  ['/v1/ws/task-1', 'missing_prefix'],
  ['/proxy/api/v1/ws/task-1', 'extra_prefix'],
  ['/api/v2/ws/task-1', 'version'],
  ['/api/ws/task-1', 'version'],
  ['/api/v1/ws/task-1/', 'trailing_slash'],
  ['/api/v1/ws', 'missing_task'],
  ['/api/v1/ws/', 'missing_task'],
  ['/task-1', 'other'],
  ['/', 'other'],
  ['', 'other'],
  ['/socket.io/', 'other'],
])('%s: %s', (path, miss) => {
  expect(fits(path, templates[0] as string)).toBe(false)
  expect(nearMiss(path, templates)).toBe(miss)
})

test('the query is no part of the path', () => {
  expect(pathOf('/api/v1/ws/a?include_history=true#x')).toBe('/api/v1/ws/a')
  expect(pathOf(undefined)).toBe('')
})

test('any text is classified, none throws', () => {
  fc.assert(fc.property(fc.string(), path => NEAR_MISSES.includes(nearMiss(path, templates))))
})
