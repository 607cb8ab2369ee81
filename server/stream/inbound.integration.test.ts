import { once } from 'node:events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CLOSE, MAX_CLIENT_FRAME_BYTES, MAX_CLIENT_FRAMES_PER_SECOND } from '#protocol'
import { PRODUCER_TOKEN, publish, startTestServer, type TestClient } from '../testing.ts'

/** Writes bytes past the client library, for frames that it would not send. */
const sendRaw = ({ ws }: TestClient, bytes: readonly number[]) =>
  (ws as unknown as { _socket: { write(data: Buffer): void } })._socket.write(Buffer.from(bytes))

test.concurrent.for<[string, string, number, (client: TestClient) => void]>([
  ['text that is no JSON', 'malformed', CLOSE.malformedFrame, ({ ws }) => ws.send('{')],
  ['JSON that is no object', 'malformed', CLOSE.malformedFrame, ({ ws }) => ws.send('null')],
  ['an object without a type', 'malformed', CLOSE.malformedFrame, ({ ws }) => ws.send('{"kind":1}')],
  ['a type of no protocol', 'unknown', CLOSE.unknownFrame, ({ ws }) => ws.send('{"type":"__proto__"}')],
  ['a binary frame', 'binary', CLOSE.binaryFrame, ({ ws }) => ws.send(Buffer.from('{"type":"ping"}'))],
  [
    'a frame that is too big',
    'too_big',
    CLOSE.tooBig,
    ({ ws }) => ws.send('x'.repeat(MAX_CLIENT_FRAME_BYTES + 1)),
  ],
  [
    'a frame that claims to be huge',
    'too_big',
    CLOSE.tooBig,
    client => sendRaw(client, [0x81, 0xff, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]),
  ],
  [
    'text that is not UTF-8',
    'malformed',
    CLOSE.invalidText,
    client => sendRaw(client, [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]),
  ],
  ['a frame without a mask', 'malformed', CLOSE.protocolError, client => sendRaw(client, [0x81, 0x01, 0x61])],
  [
    'a reserved opcode',
    'malformed',
    CLOSE.protocolError,
    client => sendRaw(client, [0x83, 0x80, 0, 0, 0, 0]),
  ],
  [
    'a flood',
    'flood',
    CLOSE.frameFlood,
    ({ ws }) => {
      for (let frame = 0; frame <= MAX_CLIENT_FRAMES_PER_SECOND; frame++) ws.send('{"type":"ping"}')
    },
  ],
  [
    'a flood of pings, in one piece',
    'flood',
    CLOSE.frameFlood,
    client => sendRaw(client, Array.from({ length: 100 }, () => [0x89, 0x80, 0, 0, 0, 0]).flat()),
  ],
])(
  '%s: its code, its count, a line with the reason, and no exception',
  async ([, type, code, misbehave], { expect }) => {
    await using server = await startTestServer()
    const client = server.open(await server.createTask({ pace_ms: 300 }))
    await client.receives('current_status')
    misbehave(client)
    expect(await client.closed).toBe(code)
    await expect
      .poll(async () => (await server.metrics()).get(`ws_messages_received_total{type="${type}"}`))
      .toBe(1)
    expect(server.lines).toContainEqual(
      expect.objectContaining({
        msg: 'websocket_protocol_violation',
        close_code: code,
        reason: expect.stringMatching(/./),
      }),
    )
    expect(server.errors()).toEqual([])
    // Closing on a client is no licence to go on sending: the task has moved on meanwhile.
    await expect
      .poll(async () => (await server.metrics()).get('task_events_published_total{type="completed"}'))
      .toBe(1)
    const metrics = await server.metrics()
    const afterClose = [...metrics].filter(
      ([key, value]) => key.startsWith('ws_send_after_close_total') && value > 0,
    )
    expect(afterClose).toEqual([])
  },
)

test('ping is answered with pong, get_status with a snapshot', async () => {
  await using server = await startTestServer()
  const client = server.open(await server.createTask({ pace_ms: 10_000 }))
  await client.receives('current_status')
  client.ws.send('{"type":"ping"}')
  await client.receives('pong')
  client.ws.send('{"type":"get_status"}')
  await expect.poll(() => client.frames.filter(({ type }) => type === 'current_status').length).toBe(2)
})

test('a client that does not take its close is not told to be silent too', async () => {
  await using server = await startTestServer({ heartbeatMs: 400, producerToken: PRODUCER_TOKEN })
  const taskId = await server.createTask({ work: 'external' })
  const { ws, receives } = server.open(taskId)
  await receives('current_status')
  ws.pause()
  await publish(server, taskId, { type: 'completed' })
  const closing = async () => (await server.metrics()).get('ws_connections{state="closing"}')
  await expect.poll(closing).toBe(1)
  // It is cut after a time in which several beats would have been due.
  await expect.poll(closing).toBe(0)
  expect((await server.metrics()).get('ws_heartbeat_timeouts_total')).toBe(0)
})

test('what a client asks before it was greeted is answered behind the greeting', async () => {
  await using server = await startTestServer({ historyReadMs: 100 })
  const client = server.open(await server.createTask({ pace_ms: 10_000 }))
  await client.opened
  client.ws.send('{"type":"get_status"}')
  client.ws.send('{"type":"ping"}')
  await client.receives('pong')
  await expect.poll(() => client.frames.length).toBe(4)
  const types = client.frames.map(({ type }) => type)
  expect(types.slice(0, 2)).toEqual(['connected', 'current_status'])
})

test('a client that answers no ping is closed with 4008 and counted as a timeout', async () => {
  await using server = await startTestServer({ heartbeatMs: 60 })
  const client = server.open(await server.createTask({ pace_ms: 10_000 }), {}, { autoPong: false })
  await client.receives('current_status')
  expect([CLOSE.heartbeatTimeout, 1006]).toContain(await client.closed)
  await expect
    .poll(async () => (await server.metrics()).get('ws_session_seconds_count{ended_by="timeout"}'))
    .toBe(1)
})

test('what a client says before it has seen the close is not answered behind it', async () => {
  await using server = await startTestServer({ producerToken: PRODUCER_TOKEN })
  const taskId = await server.createTask({ work: 'external' })
  const { ws, receives } = server.open(taskId)
  await receives('current_status')
  ws.pause()
  await publish(server, taskId, { type: 'completed' })
  await expect.poll(async () => (await server.metrics()).get('ws_connections{state="closing"}')).toBe(1)
  for (const text of ['{"type":"ping"}', '{"type":"get_status"}', '{']) ws.send(text)
  ws.resume()
  await once(ws, 'close')
  await expect.poll(async () => (await server.metrics()).get('ws_connections{state="closing"}')).toBe(0)
  const sent = [...(await server.metrics())].filter(
    ([name, count]) => count > 0 && /^ws_send_after_close_total/.test(name),
  )
  expect(sent).toEqual([])
})

test('a client that answers pings stays', async () => {
  await using server = await startTestServer({ heartbeatMs: 250 })
  const client = server.open(await server.createTask({ pace_ms: 250 }))
  expect(await client.closed).toBe(1000)
})

const DOCUMENTED = new Set<number>(Object.values(CLOSE))

test('whatever a client sends, it is answered, or closed with a documented code; the server lives', async () => {
  await using server = await startTestServer()
  const taskId = await server.createTask({ pace_ms: 60_000 })
  const frame = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('{"type":"ping"}', '{"type":"get_status"}') },
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.uint8Array({ maxLength: 64 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), async frames => {
      const client = server.open(taskId)
      await client.receives('current_status')
      for (const one of frames) client.ws.send(one)
      client.ws.ping()
      const code = await Promise.race([client.closed, once(client.ws, 'pong').then(() => 'open' as const)])
      if (code !== 'open') expect(DOCUMENTED).toContain(code)
      client.ws.terminate()
    }),
    { numRuns: 200 },
  )
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async bytes => {
      const client = server.open(taskId)
      await client.receives('current_status')
      sendRaw(client, [...bytes])
      client.ws.terminate()
    }),
    { numRuns: 200 },
  )
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  expect(server.errors()).toEqual([])
})
