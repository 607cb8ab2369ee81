import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { REFUSALS, SCENARIOS } from '#catalog'
import { systemClock } from '#core'
import { temporaryFolder, until } from '#stack'
import { openFrontDoor } from './front-door.ts'
import { type CauseOptions, startCause } from './start-cause.ts'

const { signal: interrupted } = new AbortController()
const releases: (() => unknown)[] = []
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  releases.push(() => {
    server.closeAllConnections()
    return new Promise(closed => server.close(closed))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server with fault switches; says what they were put on, in order. */
async function switches(answer: number) {
  const puts: string[] = []
  const seen = new Set<() => void>()
  const url = await listen(
    createServer((request, response) => {
      let body = ''
      request.on('data', chunk => {
        body += chunk
      })
      request.on('end', () => {
        puts.push(`${request.method} ${request.url} ${body}`)
        response.writeHead(answer, { Connection: 'close' }).end('{"error":"no"}')
        for (const look of seen) look()
      })
    }),
  )
  const reached = (count: number) =>
    new Promise<void>(there => {
      const look = () => {
        if (puts.length >= count) there()
      }
      seen.add(look)
      look()
    })
  return { url, puts, reached }
}

function options(
  name: string,
  target: string,
  faultMs: number,
  more: Partial<CauseOptions> = {},
): CauseOptions {
  const scenario = SCENARIOS.find(one => one.name === name)
  if (!scenario) throw new Error(`no scenario ${name}`)
  const from = Date.now()
  return {
    scenario,
    targets: [target],
    pathTemplate: '/ws/{taskId}',
    command: undefined,
    cwd: tmpdir(),
    fault: { from, to: from + faultMs },
    recoveryTo: from + faultMs + 2_000,
    clock: systemClock,
    signal: new AbortController().signal,
    ...more,
  }
}

const put = (variant: string) => `PUT /debug/faults/accept-then-close {"variant":"${variant}"}`

test('a switch of the server is put on each variant in turn, and off again', async () => {
  const server = await switches(200)
  const cause = await startCause(options('flapping-server', server.url, 200))
  await server.reached(3)
  expect(await cause.finish()).toEqual({ problems: [], badReaders: null })
  expect(server.puts).toEqual([put('1011'), put('1013'), put('off')])
})

test('a run that is interrupted takes its fault back all the same', async () => {
  const server = await switches(200)
  const interrupt = new AbortController()
  const cause = await startCause(options('flapping-server', server.url, 60_000, { signal: interrupt.signal }))
  await server.reached(1)
  interrupt.abort()
  await cause[Symbol.asyncDispose]()
  expect(server.puts).toEqual([put('1011'), put('off')])
})

test('a fault that the server does not know proves nothing, and says why', async () => {
  const server = await switches(404)
  const cause = await startCause(options('flapping-server', server.url, 100))
  await server.reached(3)
  const { problems } = await cause.finish()
  expect(problems[0]).toBe(
    `${server.url} did not put its fault switch accept-then-close on 1011: it answered 404 {"error":"no"}`,
  )
})

test('a command causes the fault where one is given, also in place of a switch; a failed one is told', async () => {
  const server = await switches(200)
  const folder = await temporaryFolder('cause-test')
  releases.push(() => folder[Symbol.asyncDispose]())
  const began = join(folder.path, 'began')
  const command = `touch ${began}; echo the cluster said no; exit 3`
  const cause = await startCause(options('flapping-server', server.url, 1_000, { command }))
  await until(() => existsSync(began), { what: 'the command', timeoutMs: 10_000, signal: interrupted })
  expect((await cause.finish()).problems).toEqual(['the fault command failed (exit 3): the cluster said no'])
  expect(server.puts).toEqual([])
  await expect(startCause(options('rolling-deploy', server.url, 1_000))).rejects.toMatchObject({
    code: 'bad_option',
    message: expect.stringContaining('rolling-deploy needs a command'),
  })
})

test('a command that never ends does not keep the run: it is told that it was too slow, and ended', async () => {
  const folder = await temporaryFolder('cause-test')
  releases.push(() => folder[Symbol.asyncDispose]())
  const pidFile = join(folder.path, 'pid')
  const command = `echo $$ > ${pidFile}; exec sleep 600`
  const cause = await startCause(
    options('rolling-deploy', 'http://127.0.0.1:1', 500, { command, recoveryTo: Date.now() + 1_000 }),
  )
  await until(() => existsSync(pidFile), { what: 'the command', timeoutMs: 10_000, signal: interrupted })
  expect((await cause.finish()).problems).toEqual([
    'the fault command still ran when the fault phase was over: make it longer with --fault',
  ])
  expect(existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}`)).toBe(false)
})

/** What a client n gets from a door: the beginning of the answer, or nothing within the time. */
function handshake(url: string, client: number): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  releases.push(() => socket.destroy())
  socket.write(
    `GET /ws/t?client_id=client-${client} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  return new Promise(told => {
    socket.once('data', data => told(String(data).split('\r\n')[0] ?? ''))
    socket.once('close', () => told('closed'))
    socket.on('error', () => {})
  })
}

test('a front door passes on, cuts and refuses each client in its own way, and passes on again', async () => {
  const http = createServer((_, response) => response.end('page'))
  const wss = new WebSocketServer({ server: http })
  releases.push(() => wss.close())
  const door = await openFrontDoor(await listen(http), systemClock)
  releases.push(() => door[Symbol.asyncDispose]())

  const stream = new WebSocket(`${door.url.replace('http', 'ws')}/ws/t?client_id=client-1`)
  await new Promise(open => stream.once('open', open))
  const cut = new Promise(closed => stream.once('close', closed))
  expect(await (await fetch(`${door.url}/any`)).text()).toBe('page')

  door.refuse(REFUSALS)
  expect(await cut).toBe(1006)
  const answers = await Promise.all(
    REFUSALS.slice(0, -1).map((_, client) => handshake(door.url, client + REFUSALS.length)),
  )
  expect(answers.map(line => line.slice(9, 12))).toEqual([
    '400',
    '401',
    '403',
    '404',
    '426',
    '429',
    '503',
    '301',
    '200',
    '101',
  ])
  const hung = handshake(door.url, REFUSALS.length - 1)
  expect(await (await fetch(`${door.url}/any`)).text()).toBe('page')
  door.pass()
  expect(await hung).toBe('closed')
  expect(await handshake(door.url, 0)).toContain('101')
})
