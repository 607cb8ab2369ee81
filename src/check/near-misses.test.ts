import { expect, test } from 'vitest'
import { STREAM_PATH } from '#protocol'
import { nearMiss } from '../instrument/near-miss.ts'
import { wrongPathsOf } from './near-misses.ts'

test('each wrong path misses the right one in the way that it names, by the classifier of the server side', () => {
  const paths = wrongPathsOf('/api/v1/ws/task-1', 'task-1')
  expect(paths).toEqual([
    { miss: 'missing_prefix', path: '/ws/task-1' },
    { miss: 'extra_prefix', path: '/api/api/v1/ws/task-1' },
    { miss: 'version', path: '/api/v2/ws/task-1' },
    { miss: 'trailing_slash', path: '/api/v1/ws/task-1/' },
    { miss: 'missing_task', path: '/api/v1/ws' },
    { miss: 'other', path: '/petrel-check/no-such-path' },
  ])
  for (const { miss, path } of paths) expect(nearMiss(path, [STREAM_PATH])).toBe(miss)
})

test.each([
  ['/socket.io/?EIO=4', ['extra_prefix', 'other']],
  ['/', ['extra_prefix', 'other']],
  ['/ws/task-1', ['extra_prefix', 'trailing_slash', 'missing_task', 'other']],
  ['/streams/task-1/events', ['extra_prefix', 'trailing_slash', 'missing_task', 'other']],
])('%s has the near misses that it can have, its query kept', (path, misses) => {
  const found = wrongPathsOf(path, 'task-1')
  expect(found.map(({ miss }) => miss)).toEqual(misses)
  for (const wrong of found)
    if (wrong.miss !== 'other') expect(wrong.path.endsWith(path.split('?')[1] ?? '')).toBe(true)
})
