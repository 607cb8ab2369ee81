import { expect, test } from 'vitest'
import { requireTool } from '../../test/support/require-tool.ts'
import { startRedis } from './redis.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('it takes connections when it is ready, and is gone with its folder', async () => {
  const folder = await temporaryFolder('redis-test')
  const { signal } = new AbortController()
  const redis = await startRedis({ path: await requireTool('redis-server'), folder: folder.path, signal })
  expect(redis.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/)
  await redis[Symbol.asyncDispose]()
  await expect(redis.process.exited).resolves.toEqual({ code: 0, signal: undefined })
  await folder[Symbol.asyncDispose]()
})

test('a program that is no Redis is told, with what it said', async () => {
  const folder = await temporaryFolder('redis-test')
  const { signal } = new AbortController()
  await expect(startRedis({ path: '/bin/false', folder: folder.path, signal })).rejects.toMatchObject({
    code: 'service_start_failed',
  })
  await folder[Symbol.asyncDispose]()
})
