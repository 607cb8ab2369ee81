import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server as SocketIo } from 'socket.io'
import { beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { PHASES, type Phase, SCENARIOS } from '#catalog'
import { systemClock, withScope } from '#core'
import { effectiveThresholds, type GateResult, JOINED, runGate } from '#gate'
import { type FoundTool, temporaryFolder } from '#stack'
import { requireTool } from '../support/require-tool.ts'

const SHORT = Object.fromEntries(PHASES.map(phase => [phase, 2_500])) as Record<Phase, number>

let k6: FoundTool
beforeAll(async () => {
  k6 = { name: 'k6', path: await requireTool('k6'), version: 'found', source: 'test' }
})

function gate(names: readonly RegExp[], url: string, path: string): Promise<GateResult> {
  const thresholds = effectiveThresholds()
  return withScope(async scope =>
    runGate({
      suite: 'test',
      scenarios: names.flatMap(name => SCENARIOS.filter(scenario => name.test(scenario.name))),
      settings: () => ({ clients: 6, taskMs: 500, phases: SHORT }),
      thresholds: ({ name }) => thresholds.get(name) ?? [],
      target: { url, path },
      k6,
      folder: scope.use(await temporaryFolder('foreign-servers')).path,
      env: process.env,
      clock: systemClock,
      report: () => {},
      signal: new AbortController().signal,
    }),
  )
}

/** Checks that are neither held nor left out, by id. */
const findings = ({ runs }: GateResult) =>
  runs.flatMap(({ checks }) =>
    checks
      .filter(({ verdict }) => !['held', 'left_out', 'warned'].includes(verdict))
      .map(({ id, verdict }) => [id, verdict]),
  )

/** What the gate says of a server that is not ours, by what it does with an HTTP server. */
async function gateOnForeign(serve: (http: Server) => () => unknown, names: readonly RegExp[], path: string) {
  const http = createServer((_, response) => response.writeHead(404).end())
  const end = serve(http)
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  try {
    const { port } = http.address() as AddressInfo
    return await gate(names, `http://127.0.0.1:${port}`, path)
  } finally {
    end()
    http.close()
  }
}

/** The `ws` library as its readme shows it: every path is a stream. */
function plainWs(http: Server) {
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', socket => socket.send(JSON.stringify({ type: 'progress', percent: 10 })))
  return () => {
    for (const socket of sockets.clients) socket.terminate()
  }
}

/** A path that is none is left hanging for a second, then cut, without an answer. */
function socketIo(http: Server) {
  const io = new SocketIo(http)
  return () => io.close()
}

test.concurrent('a plain ws server, by its path: judged from its clients alone, and what it lets in is told', async () => {
  const names = [/^healthy$/, /^mass-drop$/, /^wrong-path$/]
  const result = await gateOnForeign(plainWs, names, '/stream/{taskId}')
  expect(result.runs.map(({ scenario, verdict }) => [scenario, verdict])).toEqual([
    ['healthy', 'held'],
    ['mass-drop', 'held'],
    ['wrong-path', 'did_not_hold'],
  ])
  expect(findings(result)).toEqual([
    ['fault/wrong-path-refused', 'did_not_hold'],
    ['fault/wrong-path-answered', 'did_not_hold'],
  ])
  expect(result.exitCode).toBe(1)
  expect(result.runs[0]?.checks.find(({ id }) => id === 'fault/served')).toMatchObject({ verdict: 'held' })
  expect(result.leftOut).toHaveLength(Object.keys(JOINED).length)
})

test.concurrent('a Socket.IO server, by the path of its WebSockets: served, and silent on a wrong path', async () => {
  const names = [/^healthy$/, /^mass-drop$/, /^wrong-path$/]
  const path = '/socket.io/?EIO=4&transport=websocket&task={taskId}'
  const result = await gateOnForeign(socketIo, names, path)
  expect(findings(result)).toEqual([['fault/wrong-path-answered', 'did_not_hold']])
  expect(result.runs.map(({ verdict }) => verdict)).toEqual(['held', 'held', 'did_not_hold'])
})

test.concurrent('a Socket.IO server at a path that it does not serve: 1, nobody is served, and nothing is thrown', async () => {
  const result = await gateOnForeign(socketIo, [/^healthy$/], '/ws/{taskId}')
  expect(result).toMatchObject({ verdict: 'did_not_hold', exitCode: 1 })
  expect(findings(result)).toEqual(expect.arrayContaining([['fault/served', 'did_not_hold']]))
})
