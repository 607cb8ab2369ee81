import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { PHASES, type Phase, SCENARIOS } from '#catalog'
import { systemClock, withScope } from '#core'
import { type ReferenceServer, startReferenceServer } from '#run'
import { type FoundTool, temporaryFolder } from '#stack'
import { requireTool } from '../../test/support/require-tool.ts'
import { effectiveThresholds } from './config/effective.ts'
import { runGate } from './gate.ts'
import type { GateTarget } from './play.ts'
import type { GateResult } from './result.ts'

const SHORT = Object.fromEntries(PHASES.map(phase => [phase, 2_000])) as Record<Phase, number>

/** Tests run beside each other: what they started ends with the last of them. */
const interrupt = new AbortController()
let k6: FoundTool
beforeAll(async () => {
  k6 = { name: 'k6', path: await requireTool('k6'), version: 'found', source: 'test' }
})
afterAll(() => interrupt.abort())

/** Plays short scenarios against a target that is handed in, or a server of their own. */
function gate(
  names: readonly RegExp[],
  options: { target?: GateTarget; signal?: AbortSignal; report?: (line: string) => void } = {},
): Promise<GateResult> {
  const thresholds = effectiveThresholds()
  return withScope(async scope => {
    const folder = scope.use(await temporaryFolder('gate-test')).path
    return await runGate({
      suite: 'test',
      scenarios: names.flatMap(name => SCENARIOS.filter(scenario => name.test(scenario.name)).slice(0, 1)),
      settings: () => ({ clients: 6, taskMs: 500, phases: SHORT }),
      thresholds: ({ name }) => thresholds.get(name) ?? [],
      ...(options.target === undefined ? {} : { target: options.target }),
      k6,
      folder,
      env: process.env,
      clock: systemClock,
      report: options.report ?? (() => {}),
      signal: options.signal ?? interrupt.signal,
    })
  })
}

/** A reference server with a fault, and what the gate says of it. */
function gateOn(
  fault: string,
  name: RegExp,
  change: (server: ReferenceServer) => Partial<GateTarget> = () => ({}),
) {
  return withScope(async scope => {
    const faults = fault === '' ? [] : [fault]
    const server = scope.use(await startReferenceServer({ name: 'server', faults, signal: interrupt.signal }))
    const target = { url: server.url, metrics: `${server.url}/metrics`, ...change(server) }
    return await gate([name], { target })
  })
}

/** Checks that are neither held nor left out, by id. */
const findings = ({ runs }: GateResult) =>
  runs.flatMap(({ checks }) =>
    checks
      .filter(({ verdict }) => !['held', 'left_out', 'warned'].includes(verdict))
      .map(({ id, verdict }) => [id, verdict]),
  )

// Crowds of six clients beside each other are no load: what takes time here is waiting for the phases.
test.concurrent('healthy, on a server of its own: held, at both ends, with nothing left out', async () => {
  const result = await gate([/^healthy$/])
  expect(findings(result)).toEqual([])
  expect(result).toMatchObject({ verdict: 'held', exitCode: 0, partial: false, leftOut: [], notRun: [] })
  const [run] = result.runs
  expect(run?.problems).toEqual([])
  expect(run?.checks.filter(({ kind }) => kind === 'joined')).toHaveLength(6)
  expect(run?.charts.map(({ title }) => title)).toContain('Sockets')
})

test.concurrent('a server that lets the wrong path in: 1, by the name of the check', async () => {
  const result = await gateOn('unprefixed-route', /^wrong-path$/)
  expect(result).toMatchObject({ verdict: 'did_not_hold', exitCode: 1 })
  expect(findings(result)).toEqual(expect.arrayContaining([['fault/wrong-path-refused', 'did_not_hold']]))
})

test.concurrent("the incident's send in its catch block: 1, found at the server's end alone", async () => {
  const result = await gateOn('send-in-catch', /^flapping/)
  expect(result.exitCode).toBe(1)
  expect(findings(result)).toEqual(expect.arrayContaining([['joined/sends-after-close', 'did_not_hold']]))
})

test.concurrent('without metrics the clients alone are judged, and what was left out is said', async () => {
  const result = await withScope(async scope => {
    const server = scope.use(await startReferenceServer({ name: 'server', signal: interrupt.signal }))
    return await gate([/^healthy$/], { target: { url: server.url } })
  })
  expect(result).toMatchObject({ verdict: 'held', exitCode: 0 })
  expect(result.leftOut).toHaveLength(6)
  expect(result.leftOut[0]).toContain('left out, since the server showed no metrics (--metrics)')
  expect(result.runs[0]?.checks.some(({ kind }) => kind === 'joined')).toBe(false)
})

test.concurrent('a server that dies midway: 4, whatever its clients saw by then', async () => {
  const result = await withScope(async scope => {
    const server = scope.use(await startReferenceServer({ name: 'server', signal: interrupt.signal }))
    const later = setTimeout(() => process.kill(server.process.pid, 'SIGKILL'), 5_000)
    scope.defer(() => clearTimeout(later))
    return await gate([/^healthy$/], { target: { url: server.url, metrics: `${server.url}/metrics` } })
  })
  expect(result).toMatchObject({ verdict: 'not_proven', exitCode: 4 })
  expect(result.runs[0]?.problems.join('\n')).toContain('the target ended during the run: nothing answers at')
  expect(findings(result).every(([, verdict]) => verdict === 'not_proven')).toBe(true)
})

test.concurrent('a plain ws server that is not ours, by its path: judged from its clients alone, to a verdict', async () => {
  const http = createServer((_, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', socket => socket.send(JSON.stringify({ type: 'progress', percent: 10 })))
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  try {
    const { port } = http.address() as AddressInfo
    const result = await gate([/^healthy$/], {
      target: { url: `http://127.0.0.1:${port}`, path: '/stream/{taskId}' },
    })
    expect(findings(result)).toEqual([])
    expect(result.exitCode).toBe(0)
    expect(result.runs[0]?.checks.find(({ id }) => id === 'fault/served')).toMatchObject({ verdict: 'held' })
    expect(result.leftOut).toHaveLength(6)
  } finally {
    for (const socket of sockets.clients) socket.terminate()
    http.close()
  }
})

let foreign: Server
let foreignUrl: string
beforeAll(async () => {
  foreign = createServer((request, response) => {
    if (request.url === '/html') response.end('<!doctype html><script>alert(1)</script>')
    else response.end('# of another version\nws_handshakes_total 5\nother_metric 1\n')
  })
  await new Promise<void>(done => foreign.listen(0, '127.0.0.1', done))
  foreignUrl = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`
})
afterAll(() => foreign.close())

test.concurrent('metrics of another version prove nothing at the joined checks, by the names that are missing', async () => {
  const result = await gateOn('', /^healthy$/, () => ({ metrics: foreignUrl }))
  expect(result).toMatchObject({ verdict: 'not_proven', exitCode: 4 })
  const joined = result.runs[0]?.checks.filter(({ kind }) => kind === 'joined') ?? []
  expect(joined).toHaveLength(6)
  expect(joined[0]?.note).toContain('has no ws_sessions_total, ws_connections, ws_sends_total')
})

test.concurrent('what is missing at the start is refused before any load: the target, the metrics, metrics that are a page', async () => {
  await expect(gate([/^healthy$/], { target: { url: 'http://127.0.0.1:1' } })).rejects.toMatchObject({
    code: 'target_unreachable',
  })
  await expect(
    gateOn('', /^healthy$/, () => ({ metrics: 'http://127.0.0.1:1/metrics' })),
  ).rejects.toMatchObject({
    code: 'metrics_unreachable',
  })
  await expect(gateOn('', /^healthy$/, () => ({ metrics: `${foreignUrl}/html` }))).rejects.toThrow(
    'line 1 is no sample: "<!doctype html>',
  )
})

test.concurrent('interrupted, it gives what there is, and says that it is partial', async () => {
  const own = new AbortController()
  const report = (line: string) => {
    if (line.startsWith('2 of 2')) own.abort()
  }
  const result = await gate([/^healthy$/, /^wrong-path$/], { signal: own.signal, report })
  expect(result).toMatchObject({ exitCode: 130, partial: true, notRun: ['wrong-path'] })
  expect(result.runs.map(({ scenario, verdict }) => [scenario, verdict])).toEqual([['healthy', 'held']])
})
