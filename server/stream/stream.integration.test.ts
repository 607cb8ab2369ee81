import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { STREAM_PATH, streamPath } from '#protocol'
import { type Frame, startTestServer, type TestServer } from '../testing.ts'

const types = (frames: readonly Frame[]) => frames.map(({ type }) => type)
const sequences = (frames: readonly Frame[]) =>
  frames.filter(({ type }) => !['connected', 'current_status'].includes(type)).map(({ seq }) => seq)

/** A task that has ended, with three progress events before. */
async function endedTask(server: TestServer): Promise<string> {
  const taskId = await server.createTask()
  await server.open(taskId).closed
  return taskId
}

test('a task is told from greeting to terminal event, then closed with 1000', async () => {
  await using server = await startTestServer()
  const taskId = await server.createTask({ pace_ms: 150 })
  const client = server.open(taskId)
  expect(await client.closed).toBe(1000)
  expect(types(client.frames)).toEqual([
    'connected',
    'current_status',
    'progress',
    'progress',
    'progress',
    'completed',
  ])
  expect(sequences(client.frames)).toEqual([1, 2, 3, 4])
  expect(client.frames.every(frame => frame.task_id === taskId)).toBe(true)
  const progress = client.frames.flatMap(frame =>
    frame.progress === undefined ? [] : [Number(frame.progress)],
  )
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  expect(progress.at(-1)).toBe(1)
  await expect
    .poll(() => server.lines.map(({ msg }) => msg))
    .toEqual([
      'server_listening',
      'roadmap_generation_requested',
      'websocket_connected',
      'websocket_disconnected',
    ])
  expect(server.errors()).toEqual([])
})

test.each([
  ['roadmap_generation', 'progress'],
  ['concept_content', 'concept_progress'],
  ['batch', 'batch_progress'],
])('%s speaks of %s', async (kind, type) => {
  await using server = await startTestServer()
  const client = server.open(await server.createTask({ kind, pace_ms: 20 }))
  await client.closed
  expect(types(client.frames)).toContain(type)
})

test('a task that fails says why, and its stream still ends well', async () => {
  await using server = await startTestServer()
  const client = server.open(await server.createTask({ outcome: 'failed', pace_ms: 20 }))
  expect(await client.closed).toBe(1000)
  expect(client.frames.at(-1)).toMatchObject({ type: 'failed', error: expect.stringMatching(/./) })
})

test('equal seeds give equal work', async () => {
  await using server = await startTestServer()
  const follow = async () => {
    const client = server.open(await server.createTask({ seed: 7, pace_ms: 10 }), { includeHistory: true })
    await client.closed
    return client.frames.slice(2).map(({ type, progress, stage }) => ({ type, progress, stage }))
  }
  expect(await follow()).toEqual(await follow())
})

test('history: replayed when asked for; whoever did not ask still learns how the task ended', async () => {
  await using server = await startTestServer()
  const taskId = await endedTask(server)
  const withHistory = server.open(taskId, { includeHistory: true })
  expect(await withHistory.closed).toBe(1000)
  expect(sequences(withHistory.frames)).toEqual([1, 2, 3, 4])
  const without = server.open(taskId)
  expect(await without.closed).toBe(1000)
  expect(types(without.frames)).toEqual(['connected', 'current_status', 'completed'])
})

test('history and live events are joined without a gap or a duplicate, however slow the history is', async () => {
  await using server = await startTestServer({ historyReadMs: 40 })
  const taskId = await server.createTask({ steps: 40, pace_ms: 4 })
  const first = server.open(taskId, { includeHistory: true })
  const clients = [first]
  // Each comes in another part of the task.
  for (let part = 1; part < 8; part++) {
    await expect.poll(() => first.frames.length, { interval: 1 }).toBeGreaterThan(4 * part)
    clients.push(server.open(taskId, { includeHistory: true }))
  }
  const all = Array.from({ length: 41 }, (_, index) => index + 1)
  for (const client of clients) {
    await client.closed
    expect(sequences(client.frames)).toEqual(all)
  }
})

test.each([
  ['exact', 2, [3, 4]],
  ['nothing_missed', 4, []],
  ['gap', 9, [1, 2, 3, 4]],
])('a resume is told what became of it: %s', async (verdict, seq, replayed) => {
  await using server = await startTestServer()
  const taskId = await endedTask(server)
  const first = server.open(taskId)
  const { epoch } = (await first.receives('connected')) as Frame & { epoch: string }
  const client = server.open(taskId, { resume: { epoch, seq } })
  expect(await client.closed).toBe(1000)
  expect(client.frames[0]).toMatchObject({ type: 'connected', resume: verdict })
  expect(sequences(client.frames)).toEqual(replayed)
})

test('a resume from another epoch starts anew and says so; so does one that cannot be read', async () => {
  await using server = await startTestServer()
  const taskId = await endedTask(server)
  const other = server.open(taskId, { resume: { epoch: 'of-another-life', seq: 3 } })
  await other.closed
  expect(other.frames[0]).toMatchObject({ resume: 'epoch_changed' })
  expect(sequences(other.frames)).toEqual([1, 2, 3, 4])
  const ws = new WebSocket(`${server.url.replace('http', 'ws')}${streamPath(taskId)}?resume=%00:::-1`)
  const [greeting] = await once(ws, 'message')
  expect(JSON.parse(String(greeting))).toMatchObject({ resume: 'epoch_changed' })
  ws.terminate()
})

test('an unknown task is accepted and closed with 4505, so that a browser can read why', async () => {
  await using server = await startTestServer()
  const client = server.open('no-such-task')
  expect(await client.closed).toBe(4505)
  expect(client.frames).toEqual([{ type: 'error', code: '4505', text: 'there is no such task' }])
})

test('a wrong path is refused with a text that names the right one; a switch of its own serves it', async () => {
  await using server = await startTestServer()
  const taskId = await server.createTask()
  const answer = await fetchRaw(server.port, `/ws/${taskId}`)
  expect(answer).toContain('HTTP/1.1 404')
  expect(answer).toContain(STREAM_PATH)
  expect(server.lines.at(-1)).toMatchObject({ msg: 'websocket_refused', reason: 'wrong_path', status: 404 })

  await using unprefixed = await startTestServer({ faults: ['unprefixed-route'] })
  const own = await unprefixed.createTask()
  for (const path of [`/ws/${own}`, streamPath(own)]) {
    const ws = new WebSocket(unprefixed.url.replace('http', 'ws') + path)
    expect(JSON.parse(String((await once(ws, 'message'))[0]))).toMatchObject({ type: 'connected' })
    ws.terminate()
  }
})

test('a browser of another site is refused; its own page and listed origins are not', async () => {
  await using server = await startTestServer({ allowedOrigins: ['https://app.example'] })
  const taskId = await server.createTask({ pace_ms: 1_000 })
  const outcome = async (origin: string) => {
    const { ws } = server.open(taskId, {}, { origin })
    return Promise.race([
      once(ws, 'open').then(() => 'open'),
      once(ws, 'unexpected-response').then(([, r]) => r.statusCode),
    ])
  }
  expect(await outcome('https://evil.example')).toBe(403)
  expect(await outcome('null')).toBe(403)
  expect(await outcome('https://app.example')).toBe('open')
  expect(await outcome(server.url)).toBe('open')
})

test('what is in a path is escaped and cut where it is logged', async () => {
  await using server = await startTestServer()
  await fetchRaw(server.port, `/ws/\u001b[31m${'x'.repeat(5_000)}`)
  await fetchRaw(server.port, `/ws/%1b${'x'.repeat(5_000)}`)
  const refused = server.lines.filter(({ msg }) => msg === 'websocket_refused')
  expect(refused).not.toEqual([])
  for (const line of refused) {
    expect(JSON.stringify(line)).not.toContain('\u001b')
    expect(String(line.path).length).toBeLessThan(400)
  }
})

/** One upgrade request by hand; the whole answer as text. */
async function fetchRaw(port: number, path: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )
  await once(socket, 'close')
  return answer
}
