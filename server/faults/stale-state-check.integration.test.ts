import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startTestServer } from '../testing.ts'

const again = 'ws_send_after_close_total{cause="peer_close",repeat="again"}'

test.each([
  ['stale-state-check', 3, 2],
  ['send-in-catch', 2, 1],
  ['none', 0, 0],
])(
  '%s: a client that leaves at once costs %i error lines and %i sends after the bug was told',
  async (fault, lines, sends) => {
    await using server = await startTestServer({ historyReadMs: 30, faults: fault === 'none' ? [] : [fault] })
    const taskId = await server.createTask({ pace_ms: 60_000 })
    const { ws } = server.open(taskId)
    await once(ws, 'open')
    ws.close()
    await once(ws, 'close')
    await expect.poll(() => server.errors().length).toBe(lines)
    // A later client is greeted later: the first one's handler is through.
    await server.open(taskId).receives('current_status')
    expect(server.errors().map(({ msg, error, emulated }) => [msg, error, emulated])).toEqual(
      [
        ['websocket_get_status_error', '', true],
        ['websocket_error', 'Cannot call "send" once a close message has been sent.', true],
        ['websocket_error', 'Cannot call "send" once a close message has been sent.', true],
      ].slice(0, lines),
    )
    expect((await server.metrics()).get(again)).toBe(sends)
  },
)
