import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { PetrelError } from '#core'
import { onFreePort } from './free-port.ts'

const busy = () => new PetrelError('port_busy', 'somebody was faster')

test('the port can be listened on', async () => {
  const port = await onFreePort(async free => {
    const server = createServer()
    await new Promise<void>((ready, failed) => {
      server.once('error', failed)
      server.listen(free, '127.0.0.1', ready)
    })
    await new Promise(closed => server.close(closed))
    return free
  })
  expect(port).toBeGreaterThan(1_023)
})

test('somebody who takes the port in between costs a try, not the run', async () => {
  const tried: number[] = []
  await onFreePort(async port => {
    tried.push(port)
    if (tried.length < 3) throw busy()
  })
  expect(tried).toHaveLength(3)
})

test('it gives up after three, and at once when the port was not the reason', async () => {
  let tried = 0
  await expect(onFreePort(async () => Promise.reject(busy()).finally(() => ++tried))).rejects.toThrow(
    'faster',
  )
  expect(tried).toBe(3)
  tried = 0
  const other = new Error('bad flag')
  await expect(onFreePort(async () => Promise.reject(other).finally(() => ++tried))).rejects.toBe(other)
  expect(tried).toBe(1)
})
