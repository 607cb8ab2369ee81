import type { IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import type { WebSocketServer } from 'ws'
import { systemClock } from '#core'
import { streamPath } from '#protocol'
import { NO_FAULTS } from '../testing.ts'
import type { StreamContext } from './context.ts'
import { upgradeHandler } from './upgrade.ts'

/** One handshake, while the store has not yet said whether there is such a task. */
function looking() {
  const looked = Promise.withResolvers<object>()
  const seen = { places: 0, accepted: 0, refused: [] as string[] }
  let isDraining = false
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const context = {
    meter: {
      clientOf: () => ({ key: 'id:a', path: streamPath('t') }),
      traceIds: () => undefined,
      refuse(_request: IncomingMessage, at: Duplex, { reason }: { reason: string }) {
        seen.refused.push(reason)
        at.destroy()
      },
    },
    faults: NO_FAULTS,
    reader: { read: () => looked.promise },
    admission: {
      enter() {
        seen.places += 1
      },
      left() {
        seen.places -= 1
      },
    },
    refusals: { refused: () => {} },
    isAllowedOrigin: () => true,
    checkToken: undefined,
    clock: systemClock,
    draining: () => isDraining,
  } as unknown as StreamContext
  const wss = {
    on: () => {},
    handleUpgrade() {
      seen.accepted += 1
    },
  } as unknown as WebSocketServer
  const request = { url: streamPath('t'), headers: { upgrade: 'websocket' } } as unknown as IncomingMessage
  upgradeHandler(context, wss)(request, socket, Buffer.alloc(0))
  expect(seen).toEqual({ places: 1, accepted: 0, refused: [] })
  return {
    seen,
    socket,
    found: () => looked.resolve({ task_id: 't' }),
    drain() {
      isDraining = true
    },
  }
}

test('who is looked up while a drain begins is refused, not let in behind it, and leaves no place taken', async () => {
  const { seen, found, drain } = looking()
  drain()
  found()
  await expect.poll(() => seen).toEqual({ places: 0, accepted: 0, refused: ['draining'] })
})

test('who leaves while it is looked up is let go of without a word', async () => {
  const { seen, socket, found } = looking()
  socket.destroy()
  found()
  await expect.poll(() => seen).toEqual({ places: 0, accepted: 0, refused: [] })
})
