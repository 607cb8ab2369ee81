import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { Server as SocketIo } from 'socket.io'
import { afterAll, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { startTestServer } from '../../server/testing.ts'
import { type CheckResult, checkResultSchema, type LookOptions, look } from './index.ts'

const { signal } = new AbortController()
const releases: (() => unknown)[] = []
afterAll(async () => {
  for (const release of releases.reverse()) await release()
})

async function listen(server: Pick<Server, 'listen' | 'close' | 'address' | 'on' | 'once'>): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  releases.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise(closed => server.close(closed))
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server of somebody else, made with the `ws` library in its plainest way. */
async function plainWs(onConnection: (ws: WebSocket) => void, path?: string): Promise<string> {
  const http = createServer((_, response) => response.writeHead(404).end())
  new WebSocketServer({ server: http, ...(path === undefined ? {} : { path }) }).on(
    'connection',
    onConnection,
  )
  return listen(http)
}

async function lookAt(url: string, options: Partial<LookOptions> = {}) {
  const result = await look({ url, signal, ...options })
  checkResultSchema.parse(result)
  return { result, row: (name: string) => rowOf(result, name) }
}

function rowOf(result: CheckResult, name: string) {
  const row = result.rows.find(one => one.look === name)
  if (!row) throw new Error(`no row "${name}" among ${result.rows.map(one => one.look).join(', ')}`)
  return row
}

test.concurrent('the reference server harms nobody', async () => {
  await using server = await startTestServer()
  const { result, row } = await lookAt(server.url)
  expect(result.rows.filter(({ level }) => level !== 'good')).toEqual([])
  expect(result).toMatchObject({ verdict: 'held', task: { source: 'created' }, path: '/api/v1/ws/{taskId}' })
  expect(row('end of the task').seen).toBe('completed, closed 1000')
  expect(row('unknown task').seen).toContain('closed 4505')
  expect(row('wrong path: missing prefix').seen).toMatch(/^404 /)
  expect(row('close codes').seen).toBe('1000, 4500, 4505')
  expect(row('leaves at once').seen).toBe('5 of 5 closes answered, then 101')
})

test.concurrent('a route that should not be there is named, and the incident with it', async () => {
  await using server = await startTestServer({
    faults: ['unprefixed-route', 'send-in-catch'],
    historyReadMs: 40,
  })
  const { result, row } = await lookAt(server.url)
  expect(row('wrong path: missing prefix')).toMatchObject({
    level: 'note',
    meaning: 'served here too, which hides the mistake',
  })
  expect(result.verdict).toBe('held')
})

test.concurrent('a plain ws server that takes every path in silence would harm clients', async () => {
  const at = await plainWs(() => {})
  const { result, row } = await lookAt(`ws://${at}/ws/{taskId}`)
  expect(result).toMatchObject({
    verdict: 'did_not_hold',
    path: '/ws/{taskId}',
    task: { source: 'invented' },
  })
  expect(row('right path').level).toBe('good')
  expect(row('first message')).toMatchObject({ seen: 'none', level: 'note' })
  expect(row('heartbeat').level).toBe('note')
  expect(row('nonsense frame')).toMatchObject({ seen: 'ignored', level: 'note' })
  for (const name of ['unknown task', 'wrong path: other', 'wrong path: missing task']) {
    expect(row(name)).toMatchObject({ seen: '101, no frame', level: 'wrong' })
  }
})

test.concurrent('a ws server with one path refuses the others with 400; a named task is followed to its end', async () => {
  const at = await plainWs(ws => {
    ws.send('{"type":"current_status","seq":0}')
    ws.ping()
    setTimeout(() => {
      ws.send('{"type":"failed","seq":1}')
      ws.close(1011, 'over')
    }, 100)
  }, '/live')
  const { row } = await lookAt(`http://${at}`, { path: '/live', task: 'mine' })
  expect(row('right path').level).toBe('good')
  expect(row('heartbeat')).toMatchObject({ seen: expect.stringMatching(/^1 ping in \d/), level: 'good' })
  expect(row('end of the task')).toMatchObject({ seen: 'failed, closed 1011 "over"', level: 'wrong' })
  expect(row('wrong path: other')).toMatchObject({ level: 'good' })
  expect(row('wrong path: other').seen).toMatch(/^400/)
})

test.concurrent('Socket.IO: its own path opens and speaks, the default one is answered by nobody', async () => {
  const http = createServer((_, response) => response.writeHead(404).end())
  const io = new SocketIo(http)
  releases.push(() => io.close())
  const at = await listen(http)
  const own = await lookAt(`ws://${at}/socket.io/?EIO=4&transport=websocket`)
  expect(own.row('right path').seen).toMatch(/^101, "0\{\\?"sid/)
  expect(own.row('first message').level).toBe('good')
  const foreign = await lookAt(`http://${at}`)
  expect(foreign.result.verdict).toBe('did_not_hold')
  expect(foreign.row('right path')).toMatchObject({
    level: 'wrong',
    meaning: 'no handshake came back; is it the right path and port?',
  })
  expect(foreign.row('heartbeat').level).toBe('left_out')
})

test.concurrent('a front end that answers every path with its page is called one', async () => {
  const page = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><script>alert(1)</script>')
  })
  page.on('upgrade', (_, socket) => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<!doctype html>')
  })
  const { result, row } = await lookAt(`http://${await listen(page)}`)
  expect(result.verdict).toBe('did_not_hold')
  expect(row('right path').seen).toBe('200 text/html')
  expect(row('right path').meaning).toContain('a web page answers')
  expect(row('plain GET').seen).toBe('200 text/html')
  expect(JSON.stringify(result)).not.toContain('alert')
})

/** Begins an answer and never comes to its end. */
function trickle(socket: Socket): void {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nX-Trickle: ')
  const timer = setInterval(() => socket.write('.'), 100)
  socket.once('close', () => clearInterval(timer)).on('error', () => {})
}

test.concurrent.each([
  ['never answers', () => {}],
  ['never ends its answer', trickle],
])('a port that takes connections and %s is told from one that is dead', async (_, serve) => {
  const mute = createTcpServer(serve)
  const { result, row } = await lookAt(`http://${await listen(mute as unknown as Server)}`)
  expect(result.verdict).toBe('did_not_hold')
  expect(row('right path')).toMatchObject({ seen: 'no answer', level: 'wrong' })
  expect(row('wrong path: other')).toMatchObject({ seen: 'no answer', level: 'wrong' })
  await expect(lookAt('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'target_unreachable' })
})

test.each(['127.0.0.1:80', 'ftp://127.0.0.1', 'http://', 'ws://a b/', ''])(
  '"%s" is no address',
  async url => {
    await expect(lookAt(url)).rejects.toMatchObject({ code: 'bad_target' })
  },
)

test.concurrent('text that a server sends cannot reach the terminal as it is, nor flood it', async () => {
  const evil = '\u001b[2J\u202e\u0007\nok  right path'
  const at = await plainWs(ws => {
    ws.send(JSON.stringify({ type: evil.repeat(500) }))
    ws.send(evil)
    for (let index = 0; index < 1_000; index++) ws.send('{"type":"progress"}')
    ws.close(4000, evil)
  })
  const { result, row } = await lookAt(`ws://${at}/`)
  const { seen } = row('right path')
  expect(seen).toContain('\\u001b[2J\\u202e')
  expect(seen).toContain('(1002 frames)')
  for (const { seen: text, path } of result.rows) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what it shows
    expect(`${text}${path}`).not.toMatch(/[\u0000-\u001f\u202e]/)
    expect(text.length).toBeLessThan(1_500)
  }
  const huge = await plainWs(ws => ws.send('x'.repeat(2 * 1024 * 1024)))
  expect((await lookAt(`ws://${huge}/`)).row('right path').seen).toContain('Max payload size exceeded')
})

test.concurrent('an interrupted look ends at once and leaves no connection', async () => {
  let open = 0
  const arrived = Promise.withResolvers<void>()
  const at = await plainWs(ws => {
    open += 1
    ws.once('close', () => {
      open -= 1
      if (open === 0) gone.resolve()
    })
    arrived.resolve()
  })
  const gone = Promise.withResolvers<void>()
  const interrupt = new AbortController()
  const looking = look({ url: `ws://${at}/`, signal: interrupt.signal })
  await arrived.promise
  interrupt.abort()
  await expect(looking).rejects.toThrow(/abort/i)
  await gone.promise
})
