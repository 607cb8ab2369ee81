import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { METRICS, type Metric } from '#catalog'
import { changes, readSamples } from '../../test/support/samples.ts'
import {
  handshake,
  type MeasuredServerOptions,
  ROUTE,
  rawConnection,
  startMeasuredServer,
} from './testing.ts'

const PATH = '/api/v1/ws/t1'

/** Runs `play` against a measured server until `until` holds, and tells which counters moved. */
async function handshakesOf(
  options: MeasuredServerOptions,
  play: (port: number) => Promise<unknown>,
): Promise<Record<string, number>> {
  await using server = await startMeasuredServer(options)
  const before = await readSamples(server.meter.register)
  await play(server.port)
  const moved = async () => {
    const all = changes(before, await readSamples(server.meter.register))
    return Object.fromEntries(
      Object.entries(all).filter(([key]) => /^ws_(handshakes_total|unmatched_path_total)/.test(key)),
    )
  }
  await expect.poll(moved).not.toEqual({})
  return moved()
}

const counted = (route: string, outcome: string, status: string, reason: string) =>
  `ws_handshakes_total{outcome="${outcome}",reason="${reason}",route="${route}",status="${status}"}`

/** Sends a raw request and returns the first line of the answer. */
async function answerTo(port: number, text: string): Promise<string> {
  const socket = await rawConnection(port, text)
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  await once(socket, 'close')
  return answer.split('\r\n', 1)[0] ?? ''
}

test('an accepted handshake is counted on the route template, never on the raw path', async () => {
  const moved = await handshakesOf({}, async port => {
    const client = new WebSocket(`ws://127.0.0.1:${port}${PATH}?include_history=true`)
    await once(client, 'open')
    client.terminate()
  })
  expect(moved).toEqual({ [counted(ROUTE, 'accepted', '101', 'ok')]: 1 })
})

test.each([
  ['/ws/t1', 'missing_prefix'],
  ['/api/v1/ws/t1/', 'trailing_slash'],
  ['/api/v2/ws/t1', 'version'],
  ['/api/v1/ws', 'missing_task'],
  ['/%00/../etc', 'other'],
])('the wrong path %s is refused and told apart as %s', async (path, nearMiss) => {
  const moved = await handshakesOf(
    {
      onUpgrade: (incoming, socket, _head, meter) =>
        meter.refuse(incoming, socket, { status: 404, reason: 'wrong_path' }),
    },
    port => answerTo(port, handshake(path)),
  )
  expect(moved).toEqual({
    [counted('unmatched', 'refused', '404', 'wrong_path')]: 1,
    [`ws_unmatched_path_total{near_miss="${nearMiss}"}`]: 1,
  })
})

test.each([
  [401, 'unauthenticated'],
  [403, 'origin'],
  [403, 'forbidden'],
  [404, 'task_unknown'],
  [429, 'rate_limited'],
  [503, 'connection_limit'],
  [503, 'draining'],
  [500, 'error'],
] as const)('a refusal with %i for %s keeps both', async (status, reason) => {
  let answer = ''
  const moved = await handshakesOf(
    { onUpgrade: (incoming, socket, _head, meter) => meter.refuse(incoming, socket, { status, reason }) },
    async port => {
      answer = await answerTo(port, handshake(PATH))
    },
  )
  expect(answer).toMatch(`HTTP/1.1 ${status} `)
  expect(moved).toEqual({ [counted(ROUTE, 'refused', String(status), reason)]: 1 })
})

test.each([
  ['no key', { 'Sec-WebSocket-Key': '' }],
  ['a version of the past', { 'Sec-WebSocket-Version': '7' }],
])("the library's own refusal of %s is counted too", async (_, headers) => {
  const moved = await handshakesOf({}, port => answerTo(port, handshake(PATH, headers)))
  expect(moved).toEqual({ [counted(ROUTE, 'refused', '400', 'bad_upgrade')]: 1 })
})

test('a refusal that a browser can read is a refusal, though its status is 101', async () => {
  let closed: number | undefined
  const moved = await handshakesOf(
    {
      onUpgrade: (incoming, socket, head, meter) =>
        meter.refuseReadably(incoming, socket, head, { code: 4505, reason: 'task_unknown', frame: '{}' }),
    },
    async port => {
      const client = new WebSocket(`ws://127.0.0.1:${port}${PATH}`)
      ;[closed] = await once(client, 'close')
    },
  )
  expect(closed).toBe(4505)
  expect(moved).toEqual({ [counted(ROUTE, 'refused', '101', 'task_unknown')]: 1 })
})

test('a client that leaves before it was answered is counted once', async () => {
  const upgraded = Promise.withResolvers<void>()
  const moved = await handshakesOf({ onUpgrade: () => upgraded.resolve() }, async port => {
    const socket = await rawConnection(port, handshake(PATH))
    await upgraded.promise
    socket.resetAndDestroy()
  })
  expect(moved).toEqual({ [counted(ROUTE, 'refused', 'other', 'error')]: 1 })
})

test('an answer that the catalogue does not know grows no label', async () => {
  const moved = await handshakesOf(
    { onUpgrade: (_request, socket) => void socket.end('HTTP/1.1 418 Odd\r\n\r\n') },
    port => answerTo(port, handshake(PATH)),
  )
  expect(moved).toEqual({ [counted(ROUTE, 'refused', 'other', 'error')]: 1 })
})

test('a handler that answers a socket twice is counted once, and HTTP never lands between frames', async () => {
  const moved = await handshakesOf(
    {
      onUpgrade(incoming, socket, _head, meter) {
        socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
        meter.refuse(incoming, socket, { status: 500, reason: 'error' })
      },
    },
    async port => expect(await answerTo(port, handshake(PATH))).not.toContain('500'),
  )
  expect(Object.values(moved)).toEqual([1])
})

test('a thousand strange paths, and garbage, add no series and end nothing', async () => {
  await using server = await startMeasuredServer({
    onUpgrade: (incoming, socket, _head, meter) =>
      meter.refuse(incoming, socket, { status: 404, reason: 'wrong_path' }),
  })
  const before = await readSamples(server.meter.register)
  for (let batch = 0; batch < 20; batch++) {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        answerTo(server.port, handshake(`/${batch}/${index}${'x'.repeat(index * 40)}`)),
      ),
    )
  }
  for (const garbage of [
    '\u0000\u0001\u0002\r\n\r\n',
    'GET',
    `GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(5_000)}`,
  ]) {
    const socket = await rawConnection(server.port, garbage)
    socket.end()
    await once(socket.resume(), 'close')
  }
  const after = await readSamples(server.meter.register)
  expect([...after.keys()]).toEqual([...before.keys()])
  expect(changes(before, after)[counted('unmatched', 'refused', '404', 'wrong_path')]).toBe(1_000)
})

test.each([
  ['of a stream', PATH, ROUTE, '404'],
  ['that is no stream', '/other', 'unmatched', '404'],
])(
  'a request %s with the key of a handshake has lost its upgrade on the way',
  async (_, path, route, status) => {
    const moved = await handshakesOf({}, async port => {
      const headers = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' }
      const [response] = await once(request({ port, path, headers }).end(), 'response')
      response.resume()
    })
    expect(moved).toMatchObject({ [counted(route, 'refused', status, 'not_websocket')]: 1 })
  },
)

test('a refused peer that never closes its side holds nothing', async () => {
  const ended = Promise.withResolvers<void>()
  await using server = await startMeasuredServer({
    onUpgrade(incoming, socket, _head, meter) {
      socket.once('close', () => ended.resolve())
      meter.refuse(incoming, socket, { status: 404, reason: 'wrong_path' })
    },
  })
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  socket.write(handshake('/ws/t1'))
  await ended.promise
  socket.destroy()
})

test('who comes back is counted with the time that it was away; by its id, or by its address', async () => {
  const sessions: Promise<void>[] = []
  await using server = await startMeasuredServer({
    onSession: (_session, ws) => void sessions.push(new Promise(done => ws.once('close', () => done()))),
  })
  const visit = async (query: string) => {
    const client = new WebSocket(`${server.url}${PATH}${query}`)
    await once(client, 'open')
    client.close()
    await once(client, 'close')
    await Promise.all(sessions)
  }
  for (const query of ['?client_id=a', '?client_id=b', '?x=1&client_id=a', '', '']) await visit(query)
  const samples = await readSamples(server.meter.register)
  expect(samples.get('ws_opens_total{kind="first"}')).toBe(3)
  expect(samples.get('ws_opens_total{kind="reconnect"}')).toBe(2)
  expect(samples.get('ws_reconnect_delay_seconds_count')).toBe(2)
  expect(samples.get('ws_clients{state="failing"}')).toBe(3)
})

test('a plain request is no handshake', async () => {
  await using server = await startMeasuredServer()
  const before = await readSamples(server.meter.register)
  const [response] = await once(request(`http://127.0.0.1:${server.port}${PATH}`).end(), 'response')
  response.resume()
  expect(changes(before, await readSamples(server.meter.register))).toEqual({})
})

test('every label set of the catalogue exists from the start, at zero, and no others', async () => {
  await using server = await startMeasuredServer()
  const samples = await readSamples(server.meter.register)
  for (const metric of Object.values(METRICS) as readonly unknown[] as readonly Metric[]) {
    const name = metric.type === 'histogram' ? `${metric.name}_count` : metric.name
    const own = [...samples].filter(([key]) => key === name || key.startsWith(`${name}{`))
    const wanted = metric.tuples.map(tuple => {
      const labels = Object.entries(tuple).map(
        ([label, value]) => `${label}="${value === '{route}' ? ROUTE : value}"`,
      )
      return labels.length > 0 ? `${name}{${labels.toSorted().join(',')}}` : name
    })
    expect(own.map(([key]) => key).toSorted()).toEqual(wanted.toSorted())
    if (metric.name.startsWith('nodejs_')) continue
    const start = metric.name === METRICS.wsConnectionsLimit.name ? Number.POSITIVE_INFINITY : 0
    expect(own.every(([, value]) => value === start)).toBe(true)
  }
})
