import { expect, test } from 'vitest'
import { STREAM_PATH, streamPath, UNPREFIXED_STREAM_PATH, withoutPrefix } from './paths.ts'

test('a template is filled with the task and the query, also where it has a query of its own', () => {
  expect(streamPath('a/b', { includeHistory: true, clientId: 'c 1' })).toBe(
    '/api/v1/ws/a%2Fb?include_history=true&client_id=c%201',
  )
  expect(streamPath('t', { resume: { epoch: 'e', seq: 3 } }, '/live?room={taskId}')).toBe(
    '/live?room=t&resume=e%3A3',
  )
  expect(streamPath('t', {}, '/ws/{taskId}')).toBe('/ws/t')
})

test.each([
  [STREAM_PATH, UNPREFIXED_STREAM_PATH],
  ['/rt/v2/streams/{taskId}', '/streams/{taskId}'],
  ['/ws/{taskId}', '/wrong/ws/{taskId}'],
  ['/api/live?room={taskId}', '/live?room={taskId}'],
  ['/', '/wrong/'],
])('%s without its prefix is %s', (template, wrong) => {
  expect(withoutPrefix(template)).toBe(wrong)
})
