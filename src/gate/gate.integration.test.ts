import { writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SCENARIOS } from '#catalog'
import { PetrelError, withScope } from '#core'
import { type ReferenceServer, startReferenceServer } from '#run'
import { temporaryFolder } from '#stack'
import { findings, phasesOf, playGate } from '../../test/support/play-gate.ts'
import type { GateOptions } from './gate.ts'
import { JOINED } from './joined.ts'
import type { GateTarget } from './play.ts'
import type { GateResult } from './result.ts'

/** Tests run beside each other: what they started ends with the last of them. */
const interrupt = new AbortController()
afterAll(() => interrupt.abort())

/** Plays short scenarios against a target that is handed in, or a server of their own. */
function gate(
  names: readonly RegExp[],
  { segments = 1, ...options }: Partial<GateOptions> & { segments?: number } = {},
): Promise<GateResult> {
  return playGate({
    scenarios: names.flatMap(name => SCENARIOS.filter(scenario => name.test(scenario.name)).slice(0, 1)),
    settings: () => ({ clients: 6, taskMs: 500, phases: phasesOf(2_000), segments }),
    signal: interrupt.signal,
    ...options,
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

// Crowds of six clients beside each other are no load: what takes time here is waiting for the phases.
test.concurrent('healthy, on a server of its own: held, at both ends, with nothing left out', async () => {
  const result = await gate([/^healthy$/])
  expect(findings(result)).toEqual([])
  expect(result).toMatchObject({ verdict: 'held', exitCode: 0, partial: false, leftOut: [], notRun: [] })
  const [run] = result.runs
  expect(run?.problems).toEqual([])
  expect(run?.checks.filter(({ kind }) => kind === 'joined')).toHaveLength(Object.keys(JOINED).length)
  expect(run?.charts.map(({ title }) => title)).toContain('Sockets')
})

test.concurrent('a crowd of two k6 is one crowd to both ends', async () => {
  const result = await gate([/^healthy$/], { segments: 2 })
  expect(findings(result)).toEqual([])
  expect(result.verdict).toBe('held')
  expect(result.runs[0]?.load).toMatchObject({ segments: 2, problems: [] })
  const accepted = result.runs[0]?.checks.find(({ id }) => id === 'joined/handshakes-accepted')
  expect(accepted?.measured).toBe(accepted?.server)
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
  expect(result.leftOut).toHaveLength(Object.keys(JOINED).length)
  expect(result.leftOut[0]).toBe(
    `${JOINED['joined/handshakes-accepted']}: the server showed no metrics (--metrics)`,
  )
  expect(result.runs[0]?.checks.some(({ kind }) => kind === 'joined')).toBe(false)
})

test.concurrent('a server that dies midway: 4, whatever its clients saw by then', async () => {
  const result = await withScope(async scope => {
    const server = scope.use(await startReferenceServer({ name: 'server', signal: interrupt.signal }))
    return await gate([/^healthy$/], {
      target: { url: server.url, metrics: `${server.url}/metrics` },
      report: line => void (line.startsWith('healthy: fault') && process.kill(server.process.pid, 'SIGKILL')),
    })
  })
  expect(result).toMatchObject({ verdict: 'not_proven', exitCode: 4 })
  expect(result.runs[0]?.problems.join('\n')).toContain('the target ended during the run: nothing answers at')
  expect(findings(result).every(([, verdict]) => verdict === 'not_proven')).toBe(true)
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
  expect(joined).toHaveLength(Object.keys(JOINED).length)
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

test.concurrent('what is missing at the start leaves a partial report, with why in it and 3; what is written wrongly none', async () => {
  const told: GateResult[] = []
  const whenMissing = async (partial: GateResult) => void told.push(partial)
  const names = [/^healthy$/, /^wrong-path$/]
  const error = gate(names, { target: { url: 'http://127.0.0.1:1' }, whenMissing })
  await expect(error).rejects.toMatchObject({ code: 'target_unreachable' })
  const [result] = told
  expect(result).toMatchObject({ verdict: 'not_proven', exitCode: 3, partial: true, notRun: ['wrong-path'] })
  expect(result?.runs[0]?.problems.join('\n')).toMatch(
    /could not be played: nothing answers at .*\nstart the server/,
  )
  await expect(gate(names, { target: { url: 'no address' }, whenMissing })).rejects.toMatchObject({
    code: 'bad_target',
  })
  expect(told).toHaveLength(1)
})

test.concurrent('a tool that cannot be had leaves a partial report too; a tool that is named wrongly, and a defect, none', async () => {
  const told: GateResult[] = []
  const whenMissing = async (partial: GateResult) => void told.push(partial)
  const without = (error: Error) =>
    gate([/^healthy$/, /^wrong-path$/], { whenMissing, tools: () => Promise.reject(error) })
  const missing = new PetrelError('tool_missing', 'k6 is not here', { hint: 'install it' })
  await expect(without(missing)).rejects.toBe(missing)
  const [result] = told
  expect(result).toMatchObject({ verdict: 'not_proven', exitCode: 3, partial: true, notRun: ['wrong-path'] })
  expect(result?.runs[0]?.problems).toEqual(['it could not be played: k6 is not here\ninstall it'])
  expect(result?.environment).not.toHaveProperty('k6')
  for (const error of [new PetrelError('tool_wrong', 'PETREL_K6 is not k6'), new TypeError('a defect')])
    await expect(without(error)).rejects.toBe(error)
  expect(told).toHaveLength(1)
})

test.concurrent('interrupted while its tools are looked for, it played nothing, and says so', async () => {
  const own = new AbortController()
  const tools = async () => {
    own.abort()
    return own.signal.throwIfAborted() as never
  }
  const result = await gate([/^healthy$/], { signal: own.signal, tools })
  expect(result).toMatchObject({ exitCode: 130, partial: true, notRun: ['healthy'], runs: [] })
})

test.concurrent('a server that holds clients which loop does what it should: held, also in the load after it', async () => {
  const result = await withScope(async scope => {
    const flags = ['--loop-failures', '5', '--loop-hold', '60s']
    const server = scope.use(await startReferenceServer({ name: 'server', flags, signal: interrupt.signal }))
    const target = { url: server.url, metrics: `${server.url}/metrics` }
    return await gate([/^flapping-client$/, /^healthy$/], { target })
  })
  expect(findings(result)).toEqual([])
  expect(result.verdict).toBe('held')
  expect(result.runs[0]?.load?.phases.fault.refused['429']).toBeGreaterThan(0)
})

/** A progress server that says it is ready and that never has a stream. */
async function emptyServer(): Promise<Server> {
  const server = createServer((request, response) => {
    const isReady = request.url === '/readyz'
    response.writeHead(isReady ? 200 : 500, { 'Content-Type': 'application/json' }).end('{}')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return server
}

test.concurrent('a crowd that opens nothing, since no task can be created: 1, by that, and nothing is called held', async () => {
  const server = await emptyServer()
  try {
    const { port } = server.address() as AddressInfo
    const result = await gate([/^healthy$/], { target: { url: `http://127.0.0.1:${port}` } })
    expect(result).toMatchObject({ verdict: 'did_not_hold', exitCode: 1 })
    const [run] = result.runs
    expect(findings(result)).toEqual(
      expect.arrayContaining([
        ['load/task-errors-warmup', 'did_not_hold'],
        ['fault/served', 'not_proven'],
      ]),
    )
    expect(run?.checks.some(({ verdict }) => verdict === 'held')).toBe(false)
    expect(run?.load?.phases.warmup).toMatchObject({ attempts: 0, accepted: 0 })
  } finally {
    server.close()
  }
})

test.concurrent('metrics that are gone midway: what needs both ends is not proven, and it is said since when', async () => {
  const metrics = createServer((_, response) => void relay(response))
  let source = ''
  let reads = 0
  const relay = async (response: ServerResponse) => {
    reads += 1
    const answer = await fetch(source, { signal: interrupt.signal })
    response.end(await answer.text())
    if (reads < 4) return
    metrics.close()
    metrics.closeIdleConnections()
  }
  await new Promise<void>(done => metrics.listen(0, '127.0.0.1', done))
  const { port } = metrics.address() as AddressInfo
  try {
    const result = await gateOn('', /^healthy$/, server => {
      source = `${server.url}/metrics`
      return { metrics: `http://127.0.0.1:${port}/metrics` }
    })
    expect(result).toMatchObject({ verdict: 'not_proven', exitCode: 4 })
    expect(result.runs[0]?.problems.join('\n')).toMatch(
      /metrics were missing midway.*\n.* gone after the load/,
    )
    const joined = result.runs[0]?.checks.filter(({ kind }) => kind === 'joined') ?? []
    expect(joined.every(({ verdict }) => verdict === 'not_proven')).toBe(true)
    expect(joined).toHaveLength(Object.keys(JOINED).length)
  } finally {
    metrics.close()
  }
})

test.concurrent.each([
  ['cut off', 'printf \'{"schema":"petrel.k6/1","sc\' > "$RESULT_FILE"', 'left no result that could be read'],
  ['never written', 'exit 0', 'left no result that could be read'],
  ['not written, since it was killed', 'kill -KILL $$', 'k6 was ended by SIGKILL: by hand, or by the kernel'],
])('a result of k6 that was %s: 4, by what became of k6, and no check is held', async (_, script, why) => {
  const result = await withScope(async scope => {
    const folder = scope.use(await temporaryFolder('generator')).path
    const generator = join(folder, 'k6')
    writeFileSync(generator, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const server = scope.use(await startReferenceServer({ name: 'server', signal: interrupt.signal }))
    return gate([/^healthy$/], {
      target: { url: server.url, metrics: `${server.url}/metrics` },
      tools: async () => ({ k6: { name: 'k6', path: generator, version: 'none', source: 'test' } }),
    })
  })
  expect(result).toMatchObject({ verdict: 'not_proven', exitCode: 4 })
  const [run] = result.runs
  expect(run?.problems.join('\n')).toContain(why)
  // A server that nobody dialled has nothing left over, and that is all that is known of it.
  const held = run?.checks.filter(({ verdict, kind }) => verdict === 'held' && kind !== 'joined')
  expect(held).toEqual([])
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
