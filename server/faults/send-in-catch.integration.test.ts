import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing.ts'

/** So long that the client is gone before the first send, also on a busy machine. */
const historyReadMs = 500

/** A client that opens and leaves at once, and the server has seen the end of it. */
async function flap(server: TestServer, taskId: string): Promise<void> {
  const ended = () => server.lines.filter(({ msg }) => msg === 'websocket_disconnected').length
  const before = ended()
  const { ws } = server.open(taskId)
  await once(ws, 'open')
  ws.close()
  await expect.poll(ended).toBe(before + 1)
}

const sendsAfterClose = async (server: TestServer) =>
  Object.fromEntries(
    [...(await server.metrics())].filter(
      ([key, value]) => key.startsWith('ws_send_after_close_total') && value > 0,
    ),
  )

test("the incident build writes the incident's lines, the empty error among them, labelled as emulated", async () => {
  await using server = await startTestServer({ historyReadMs, faults: ['send-in-catch'] })
  const taskId = await server.createTask({ pace_ms: 60_000 })
  await flap(server, taskId)
  await expect.poll(() => server.errors().length).toBe(2)
  expect(server.lines.find(({ msg }) => msg === 'websocket_connected')).toMatchObject({
    task_id: taskId,
    total_connections: 1,
  })
  expect(server.errors()).toMatchObject([
    { msg: 'websocket_get_status_error', error: '', emulated: true, task_id: taskId },
    {
      msg: 'websocket_error',
      error: 'Cannot call "send" once a close message has been sent.',
      error_type: 'RuntimeError',
      emulated: true,
      task_id: taskId,
    },
  ])
  expect(await sendsAfterClose(server)).toEqual({
    'ws_send_after_close_total{cause="peer_close",repeat="first"}': 1,
    'ws_send_after_close_total{cause="peer_close",repeat="again"}': 1,
  })
})

test('the incident build serves a client that stays', async () => {
  await using server = await startTestServer({ historyReadMs, faults: ['send-in-catch'] })
  const client = server.open(await server.createTask({ pace_ms: 30 }), { includeHistory: true })
  expect(await client.closed).toBe(1000)
  expect(client.frames.at(-1)).toMatchObject({ type: 'completed' })
  expect(server.errors()).toEqual([])
})

test('without the fault the same client leaves no error, and nothing is sent after the close', async () => {
  await using server = await startTestServer({ historyReadMs })
  const taskId = await server.createTask({ pace_ms: 60_000 })
  for (let time = 0; time < 3; time++) await flap(server, taskId)
  // Its handler is through when a later client has been greeted.
  await server.open(taskId).receives('current_status')
  expect(server.errors()).toEqual([])
  expect(await sendsAfterClose(server)).toEqual({})
  expect((await server.metrics()).get('ws_sessions_total{reason="short_lived",verdict="bad"}')).toBe(3)
})
