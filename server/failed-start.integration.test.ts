import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { manualClock } from '../test/support/manual-clock.ts'
import { createLogger, DEFAULT_SETTINGS, parseFaults, type ServerSettings, startServer } from './index.ts'

async function takenPort(): Promise<Partial<ServerSettings>> {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  return { port: (other.address() as AddressInfo).port }
}

test.each<[string, string, () => Partial<ServerSettings> | Promise<Partial<ServerSettings>>]>([
  ['a port that is taken', 'port_busy', takenPort],
  ['a store that does not answer', 'broker_down', () => ({ port: 0, redisUrl: 'redis://127.0.0.1:1' })],
])('%s: the start fails, and nothing of the server goes on', async (_, code, settings) => {
  const clock = manualClock()
  const faults = parseFaults(['blocked-event-loop=50ms'])
  const log = createLogger('silent', process.stdout)
  const starting = startServer({ ...DEFAULT_SETTINGS, ...(await settings()), faults }, log, clock)
  await expect(starting).rejects.toMatchObject({ code })
  const blocks = vi.spyOn(Atomics, 'wait')
  onTestFinished(() => blocks.mockRestore())
  clock.advance(10_000)
  expect(blocks).not.toHaveBeenCalled()
})
