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

const segment = fc.oneof(fc.constantFrom('', 'api', 'v1', 'v2', 'ws', '{taskId}', '..', '%2f'), fc.string())
const anyPath = fc.array(segment, { maxLength: 12 }).map(parts => `/${parts.join('/')}`)

test('a path that fits is its own, however many segments stand before it', () => {
  fc.assert(
    fc.property(anyPath, fc.stringMatching(/^[^/]{1,20}$/), (prefix, taskId) => {
      const path = `/api/v1/ws/${taskId}`
      expect(fits(path, templates[0] as string)).toBe(true)
      expect(NEAR_MISSES).toContain(nearMiss(prefix, templates))
      // A version too many is a version that does not fit.
      expect(['extra_prefix', 'version']).toContain(nearMiss(`${prefix}${path}`, templates))
    }),
  )
})

test('the longest paths that Node lets through cost next to nothing', () => {
  // One of them took seconds when every end of it was tried: a hundred would not end within the time of a test.
  for (let length = 15_900; length < 16_000; length++) {
    expect(nearMiss('/'.repeat(length), templates)).toBe('other')
    expect(nearMiss(`/x/${'/'.repeat(length)}ws/a`, templates)).toBe('other')
  }
})

test('any text is classified, none throws', () => {
  fc.assert(fc.property(fc.string(), path => NEAR_MISSES.includes(nearMiss(path, templates))))
})
