import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { manualClock } from '../../test/support/manual-clock.ts'
import { changes, readSamples } from '../../test/support/samples.ts'
import { socketOf } from './closing.ts'
import type { MeteredSession } from './index.ts'
import { sharedFrame } from './shared-frame.ts'
import { closed, handshake, type MeasuredServer, rawConnection, startMeasuredServer } from './testing.ts'

const PATH = '/api/v1/ws/t1'

interface Played {
  clock: ReturnType<typeof manualClock>
  session: MeteredSession
  /** The server's end. */
  ws: WebSocket
  client: WebSocket
  server: MeasuredServer
}

/** Opens one session, plays it to the end of its socket, and tells what moved. */
async function sessionOf(play: (played: Played) => Promise<unknown> | unknown) {
  const clock = manualClock()
  const opened = Promise.withResolvers<{ session: MeteredSession; ws: WebSocket }>()
  await using server = await startMeasuredServer({
    clock,
    onSession: (session, ws) => opened.resolve({ session, ws }),
  })
  const before = await readSamples(server.meter.register)
  const client = new WebSocket(`${server.url}${PATH}`)
  client.on('error', () => {})
  const { session, ws } = await opened.promise
  await once(client, 'open')
  const gone = closed(ws)
  await play({ clock, session, ws, client, server })
  await gone
  return changes(before, await readSamples(server.meter.register))
}

/** The counters of one metric among the changes, by their labels. */
const only = (moved: Readonly<Record<string, number>>, metric: string) =>
  Object.fromEntries(
    Object.entries(moved)
      .filter(([key]) => key.startsWith(`${metric}{`))
      .map(([key, value]) => [key.slice(metric.length + 1, -1).replaceAll(/\w+=|"/g, ''), value]),
  )

const sendsAfterClose = (moved: Readonly<Record<string, number>>) => only(moved, 'ws_send_after_close_total')
const verdicts = (moved: Readonly<Record<string, number>>) => only(moved, 'ws_sessions_total')

test('Node is silent about a send into a closed socket: no throw, no event, and a callback nobody asks', async () => {
  const errors: unknown[] = []
  await sessionOf(async ({ ws, client }) => {
    ws.on('error', error => errors.push(error))
    ws.close(1000)
    expect(ws.readyState).toBe(WebSocket.CLOSING)
    ws.send('into CLOSING')
    await closed(client)
    await expect.poll(() => ws.readyState).toBe(WebSocket.CLOSED)
    ws.send('into CLOSED')
  })
  expect(errors).toEqual([])
})

test('a send into CLOSING and one into CLOSED move the counter, and the caller is told', async () => {
  const moved = await sessionOf(async ({ session, ws }) => {
    session.close(1000)
    expect(ws.readyState).toBe(WebSocket.CLOSING)
    expect(session.send('late', 'progress')).toBe('closed')
    await closed(ws)
    expect(ws.readyState).toBe(WebSocket.CLOSED)
    expect(session.send('later', 'progress')).toBe('closed')
    expect(session.send('latest', 'progress')).toBe('closed')
  })
  expect(sendsAfterClose(moved)).toEqual({ 'local_close,first': 1, 'local_close,again': 2 })
  expect(only(moved, 'ws_sends_total')).toEqual({ 'after_close,progress': 3 })
})

test.each<[string, (played: Played) => void]>([
  ['peer_close', ({ client }) => client.close(1000)],
  ['fin', ({ client }) => (client as unknown as { _socket: { end(): void } })._socket.end()],
  ['terminate', ({ session }) => session.terminate()],
  ['local_close', ({ ws }) => ws.close(1011)],
  ['error', ({ client }) => client.send('x'.repeat(2_000))],
])('the cause of a send after close is told: %s', async (cause, end) => {
  const moved = await sessionOf(async played => {
    const gone = closed(played.ws)
    end(played)
    await gone
    played.session.send('late', 'current_status')
    played.session.send('again', 'error')
  })
  expect(sendsAfterClose(moved)).toEqual({ [`${cause},first`]: 1, [`${cause},again`]: 1 })
})

test('a connection that is reset: the loss is the network, and a send after it is counted', async () => {
  const opened = Promise.withResolvers<{ session: MeteredSession; ws: WebSocket }>()
  await using server = await startMeasuredServer({
    onSession: (session, ws) => opened.resolve({ session, ws }),
  })
  const before = await readSamples(server.meter.register)
  const socket = await rawConnection(server.port, handshake(PATH))
  const { session, ws } = await opened.promise
  await once(socket, 'data')
  const gone = closed(ws)
  socket.resetAndDestroy()
  await gone
  expect(session.send('late', 'progress')).toBe('closed')
  const moved = changes(before, await readSamples(server.meter.register))
  expect(sendsAfterClose(moved)).toEqual({ 'error,first': 1 })
  expect(only(moved, 'ws_closes_total')).toEqual({ 'abnormal,network': 1 })
})

test('an outcome that could not be sent any more is counted as undelivered, progress is not', async () => {
  const moved = await sessionOf(async ({ session, ws }) => {
    // The socket is cut under the writes: they fail, and only their callbacks hear of it.
    socketOf(ws)?.destroy()
    session.send('{}', 'completed')
    const failed = sharedFrame('{}', 'failed')
    session.sendShared([failed], failed.bytes)
    session.send('{}', 'progress')
    await closed(ws)
    session.send('{}', 'human_review_required')
  })
  expect(only(moved, 'ws_terminal_undelivered_total')).toEqual({
    completed: 1,
    failed: 1,
    human_review_required: 1,
  })
})

test.each<[string, string, (played: Played) => Promise<void> | void]>([
  [
    'delivered when the terminal event was written',
    'delivered,good',
    async ({ session, client }) => {
      session.send('{}', 'completed')
      await once(client, 'message')
      session.close(1000)
    },
  ],
  [
    'lived when it was served and stayed',
    'lived,good',
    async ({ session, client, clock }) => {
      session.send('{}', 'progress')
      await once(client, 'message')
      clock.advance(5_000)
      client.close()
    },
  ],
  [
    'left when the client was served and went away after a second',
    'left,good',
    async ({ session, client, clock }) => {
      session.send('{}', 'progress')
      await once(client, 'message')
      clock.advance(1_500)
      client.close()
    },
  ],
  [
    'silent when two seconds brought nothing',
    'silent,bad',
    ({ session, clock, client }) => {
      session.send('{}', 'connected')
      clock.advance(2_000)
      client.close()
    },
  ],
  [
    'short_lived when the client left at once, though it was served',
    'short_lived,bad',
    async ({ session, client }) => {
      session.send('{}', 'progress')
      await once(client, 'message')
      client.close()
    },
  ],
  [
    'server_error when the handler failed',
    'server_error,bad',
    ({ session }) => session.close(1011, 'failed', 'server_error'),
  ],
  [
    'server_close when the server closed before it served',
    'server_close,bad',
    ({ session }) => session.close(1013, 'busy'),
  ],
  [
    'network when it was lost',
    'network,bad',
    ({ client, clock }) => {
      clock.advance(1_500)
      client.terminate()
    },
  ],
  ['network when no pong came', 'network,bad', ({ session }) => session.close(4008, 'no pong', 'heartbeat')],
])('a session is %s', async (_, verdict, play) => {
  expect(verdicts(await sessionOf(play))).toEqual({ [verdict]: 1 })
})

test('an announced drain burns no budget', async () => {
  const moved = await sessionOf(({ session }) => session.close(1001, 'drain', 'announced_drain'))
  expect(verdicts(moved)).toEqual({})
  expect(only(moved, 'ws_closes_total')).toEqual({ 'going_away,server': 1 })
})

test('a cut ends a close that is not answered, and leaves it its reason', async () => {
  const moved = await sessionOf(({ session, ws, client }) => {
    const socket = socketOf(ws)
    client.pause()
    session.close(4008, 'no pong', 'heartbeat')
    expect(socket?.destroyed).toBe(false)
    session.terminate('announced_drain')
    expect(socket?.destroyed).toBe(true)
  })
  expect(verdicts(moved)).toEqual({ 'network,bad': 1 })
  expect(only(moved, 'ws_closes_total')).toEqual({ 'abnormal,timeout': 1 })
})

test('a good session that is lost is an interruption, and stays good', async () => {
  const moved = await sessionOf(async ({ session, client, clock }) => {
    session.send('{}', 'progress')
    await once(client, 'message')
    clock.advance(6_000)
    client.terminate()
  })
  expect(verdicts(moved)).toEqual({ 'lived,good': 1 })
  expect(only(moved, 'ws_session_interruptions_total')).toEqual({ network: 1 })
})

test('open and closing are gauges that come back to zero, and the closing window is measured', async () => {
  const states: Record<string, number>[] = []
  const moved = await sessionOf(async ({ session, ws, client, clock, server }) => {
    const look = async () => {
      const samples = await readSamples(server.meter.register)
      states.push({
        open: samples.get('ws_connections{state="open"}') ?? -1,
        closing: samples.get('ws_connections{state="closing"}') ?? -1,
      })
    }
    await look()
    client.pause()
    session.close(1000)
    await look()
    clock.advance(250)
    client.resume()
    await closed(ws)
    await look()
  })
  expect(states).toEqual([
    { open: 1, closing: 0 },
    { open: 0, closing: 1 },
    { open: 0, closing: 0 },
  ])
  expect(moved.ws_closing_window_seconds_sum).toBeCloseTo(0.25)
})

test('a peer cannot grow the labels with its close code, nor a caller with a frame type', async () => {
  const moved = await sessionOf(({ session, client }) => {
    session.send('{}', 'a-type-of-yours')
    client.close(3_999, 'a reason')
  })
  expect(only(moved, 'ws_closes_total')).toEqual({ 'error,client': 1 })
  expect(only(moved, 'ws_sends_total')).toEqual({ 'ok,other': 1 })
})

test('two sessions for one socket are one', async () => {
  const moved = await sessionOf(({ session, ws, client, server }) => {
    expect(server.meter.session(ws)).toBe(session)
    client.close()
  })
  expect(verdicts(moved)).toEqual({ 'short_lived,bad': 1 })
})

test('a timer that fires a moment before its time decides all the same', async () => {
  const clock = manualClock()
  const early = { ...clock, after: (ms: number, callback: () => void) => clock.after(ms - 0.5, callback) }
  const opened = Promise.withResolvers<MeteredSession>()
  await using server = await startMeasuredServer({ clock: early, onSession: opened.resolve })
  const before = await readSamples(server.meter.register)
  const silent = new WebSocket(`${server.url}${PATH}`)
  await Promise.all([opened.promise, once(silent, 'open')])
  clock.advance(2_000)
  expect(verdicts(changes(before, await readSamples(server.meter.register)))).toEqual({ 'silent,bad': 1 })
  silent.terminate()
})
