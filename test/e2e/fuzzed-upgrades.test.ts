import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { STREAM_PATH, streamPath, TASKS_PATH } from '#protocol'
import { startCommand } from '../support/command.ts'
import { parseSamples, type Samples } from '../support/samples.ts'

/** Equal seeds give equal requests: a failure is repeated by its seed. */
const SEEDS = [1, 2, 3, 4]
const EACH = 1_000
const WIDE = 100_000
/** Sockets at a time. */
const AT_ONCE = 40
/** Whoever has no answer by then is let go: a request without an end is waited for by Node, not by us. */
const PATIENCE_MS = 1_000

const junk = fc.string({ unit: 'binary-ascii', maxLength: 40 })
/** Mostly the first, sometimes one of the others, now and then anything. */
const one = (right: string, ...wrong: string[]) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant(right) },
    { weight: 4, arbitrary: fc.constantFrom(right, ...wrong) },
    { weight: 1, arbitrary: junk },
  )

/** An upgrade request that is right in most places, as text in Latin-1. */
const request = (taskId: string) =>
  fc
    .record({
      method: one('GET', 'POST', 'OPTIONS', 'CONNECT', 'PRI'),
      path: one(
        streamPath(taskId),
        streamPath('no-such-task'),
        `${streamPath(taskId)}?resume=%ff:1&include_history=true`,
        `${streamPath(taskId)}?${'a=b&'.repeat(500)}`,
        STREAM_PATH.replace('{taskId}', '%'),
        STREAM_PATH.replace('{taskId}', '%00%e2%28%a1'),
        STREAM_PATH.replace('{taskId}', '..%2f..%2f'),
        '/'.repeat(8_000),
        `http://elsewhere${streamPath(taskId)}`,
        '*',
        '',
      ),
      version: one('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.1 '),
      host: one('x', '', 'x\r\nHost: y'),
      connection: one('Upgrade', 'upgrade, close', 'keep-alive', 'close'),
      upgrade: one('websocket', 'WebSocket', 'h2c', 'websocket, h2c', ''),
      key: one('dGhlIHNhbXBsZSBub25jZQ==', 'c2hvcnQ=', ''),
      wsVersion: one('13', '8', '0', '-1', '13, 8'),
      extra: fc.array(
        one(
          'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99',
          'Sec-WebSocket-Extensions: ;;;===',
          'Sec-WebSocket-Protocol: a,a,,',
          'Origin: null',
          'Origin: http://[',
          'Content-Length: 5',
          'Content-Length: -1',
          'Transfer-Encoding: chunked',
          'Expect: 100-continue',
          'X-Forwarded-For: ,,,',
          ` folded: ${'y'.repeat(100)}`,
        ),
        { maxLength: 4 },
      ),
      newline: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n'),
      tail: one('', '\u0081\u0080\u0000\u0000\u0000\u0000', '\u0088\u0002\u0003', '0\r\n\r\n'),
      flips: fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 3 }),
      cut: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
    })
    .map(({ method, path, version, extra, newline, tail, flips, cut, ...head }) => {
      const lines = [
        `${method} ${path} ${version}`,
        `Host: ${head.host}`,
        `Connection: ${head.connection}`,
        `Upgrade: ${head.upgrade}`,
        `Sec-WebSocket-Key: ${head.key}`,
        `Sec-WebSocket-Version: ${head.wsVersion}`,
        ...extra,
      ]
      const bytes = Buffer.from(`${lines.join(newline)}${newline}${newline}${tail}`, 'latin1')
      for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value
      return bytes.subarray(0, Math.ceil(bytes.length * cut))
    })

/** Sends it; the first line of what came back. */
async function send(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('error', () => {})
  socket.on('data', chunk => {
    answer += chunk.toString('latin1')
    if (answer.startsWith('HTTP/1.1 101')) socket.end()
  })
  socket.setTimeout(PATIENCE_MS, () => socket.destroy())
  socket.end(bytes)
  await once(socket, 'close')
  return answer.split('\r\n', 1)[0] ?? ''
}

test('thousands of broken upgrade requests: the process lives, and serves the next client as ever', async () => {
  // Admission would hold this client back before long: here it must get through.
  const wide = [
    '--loop-failures',
    String(WIDE),
    '--upgrade-burst',
    String(WIDE),
    '--upgrade-rate',
    String(WIDE),
  ]
  using run = startCommand(['serve', '--port', '0', ...wide])
  await run.says('server_listening')
  const url = /"url":"(http:[^"]+)"/.exec(run.out())?.[1] ?? ''
  const port = Number(new URL(url).port)
  const metrics = async (): Promise<Samples> => parseSamples(await (await fetch(`${url}/metrics`)).text())
  const createTask = async (pace_ms: number) => {
    const body = JSON.stringify({ kind: 'batch', work: 'external', pace_ms })
    const headers = { 'Content-Type': 'application/json' }
    const created = await fetch(url + TASKS_PATH, { method: 'POST', headers, body })
    return ((await created.json()) as { task_id: string }).task_id
  }
  const taskId = await createTask(1_000)
  const before = await metrics()

  const answers = new Map<string, number>()
  for (const seed of SEEDS) {
    const waiting = fc.sample(request(taskId), { seed, numRuns: EACH })
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let bytes = waiting.pop(); bytes; bytes = waiting.pop()) {
          const answer = await send(port, bytes)
          answers.set(answer, (answers.get(answer) ?? 0) + 1)
        }
      }),
    )
  }
  // The fuzz got through to where it should: some were accepted, some refused by us, some by Node.
  for (const status of ['101', '400', '404', '426']) {
    expect([...answers.keys()].some(line => line.startsWith(`HTTP/1.1 ${status}`))).toBe(true)
  }

  await expect
    .poll(async () => (await metrics()).get('ws_connections{state="open"}'), { timeout: 20_000 })
    .toBe(0)
  const after = await metrics()
  expect(after.get('ws_connections{state="closing"}')).toBe(0)
  expect(after.get('ws_buffered_bytes')).toBe(0)
  expect(after.get('task_subscribers')).toBe(0)
  // Nothing that came from outside has become a label.
  const series = (samples: Samples) =>
    [...samples.keys()].filter(key => /^(ws|task|petrel)_/.test(key)).toSorted()
  expect(series(after)).toEqual(series(before))
  const lines = run
    .out()
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
  expect(lines.filter(({ level }) => level >= 50)).toEqual([])
  for (const { reason } of lines.filter(({ msg }) => msg === 'websocket_refused')) expect(reason).toMatch(/./)

  const ws = new WebSocket(url.replace('http', 'ws') + streamPath(taskId))
  expect(JSON.parse(String((await once(ws, 'message'))[0]))).toMatchObject({ type: 'connected' })
  ws.terminate()
  run.signal('SIGTERM')
  expect(await run.exited).toBe(0)
  expect(run.left()).toEqual([])
})
