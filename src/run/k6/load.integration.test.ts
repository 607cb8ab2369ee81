import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SCENARIOS } from '#catalog'
import { systemClock, withScope } from '#core'
import { type FoundTool, startPrometheus, temporaryFolder } from '#stack'
import { requireTool } from '../../../test/support/require-tool.ts'
import { prometheusClient } from '../prometheus-client.ts'
import { startReferenceServer } from '../reference-server.ts'
import { type Load, type LoadOptions, startLoad } from './load.ts'
import type { LoadSettings } from './settings.ts'
import { checkTarget } from './target.ts'

const SHORT: LoadSettings = {
  clients: 3,
  taskMs: 500,
  phases: { warmup: 2_500, steady: 0, fault: 2_000, recovery: 2_500 },
}

let interrupt: AbortController
let k6: FoundTool

beforeEach(async () => {
  interrupt = new AbortController()
  k6 = { name: 'k6', path: await requireTool('k6'), version: 'found', source: 'test' }
})
afterEach(() => {
  interrupt.abort()
  vi.unstubAllEnvs()
})

/** Starts a short load against a reference server and hands both over; all is gone afterwards. */
function withLoad<T>(
  name: string,
  settings: LoadSettings,
  use: (load: Load) => Promise<T>,
  options: Partial<Pick<LoadOptions, 'marginMs' | 'remoteWrite'>> = {},
): Promise<T> {
  return withScope(async scope => {
    const folder = scope.use(await temporaryFolder('load-test')).path
    const { signal } = interrupt
    const server = scope.use(await startReferenceServer({ name: 'server', signal }))
    const scenario = SCENARIOS.find(entry => entry.name === name)
    if (!scenario) throw new Error(`no scenario ${name}`)
    const load = scope.use(
      await startLoad({
        scenario,
        targets: [await checkTarget(server.url, signal)],
        settings,
        startAt: Date.now() + 2_000,
        k6,
        folder,
        env: process.env,
        clock: systemClock,
        signal,
        ...options,
      }),
    )
    return await use(load)
  })
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('wrong-path: refused with 404 about ten times a second, well before and after', async () => {
  const result = await withLoad('wrong-path', SHORT, load => load.result)
  expect(result).toMatchObject({ verdict: 'held', problems: [], violations: [] })
  const { warmup, fault, recovery } = result.phases
  expect(warmup.usable).toBeGreaterThanOrEqual(3)
  expect(fault.refused).toEqual({ 404: fault.attempts })
  expect(fault.attempts).toBeGreaterThan(3 * 10)
  expect(fault).toMatchObject({ accepted: 0, usable: 0, firstProgressSeen: 0, tasksFollowed: 3 })
  expect(recovery.usable).toBe(recovery.attempts)
})

test('flapping-client: every handshake succeeds and no session is usable', async () => {
  const { phases, verdict } = await withLoad('flapping-client', SHORT, load => load.result)
  expect(verdict).toBe('held')
  expect(phases.fault.accepted).toBe(phases.fault.attempts)
  expect(phases.fault.attempts).toBeGreaterThan(3 * 10)
  expect(phases.fault).toMatchObject({ usable: 0, firstProgressSeen: 0 })
})

test('healthy, under variables that somebody left, with its metrics in a Prometheus too', async () => {
  const ofK6 = { K6_VUS: '500', K6_DURATION: '1s', K6_OUT: 'json=/nonexistent/out.json' }
  const ofScenario = { POLICY: 'nonsense', STREAM_PATH: '/nowhere/{taskId}', CREATES_TASKS: 'false' }
  for (const [name, value] of Object.entries({ ...ofK6, ...ofScenario })) vi.stubEnv(name, value)
  const { signal } = interrupt
  await withScope(async scope => {
    const folder = scope.use(await temporaryFolder('load-test')).path
    const path = await requireTool('prometheus')
    const prometheus = scope.use(
      await startPrometheus({
        path,
        folder,
        jobs: [],
        ruleFiles: [],
        interval: '1s',
        takesRemoteWrite: true,
        signal,
      }),
    )
    const remoteWrite = { url: `${prometheus.url}/api/v1/write`, job: 'web' }
    const { phases, verdict, problems } = await withLoad('healthy', SHORT, load => load.result, {
      remoteWrite,
    })
    expect({ verdict, problems }).toEqual({ verdict: 'held', problems: [] })
    expect(phases.fault.usable).toBe(phases.fault.attempts)
    const series = await prometheusClient(prometheus.url, signal).query(
      'max_over_time(k6_petrel_attempts_total{job="web",phase="fault"}[2m])',
      Date.now(),
    )
    expect(series.map(({ points }) => points.at(-1)?.[1])).toEqual([phases.fault.attempts])
  })
})

test('a k6 that dies midway proves nothing', async () => {
  const result = await withLoad('healthy', SHORT, async load => {
    process.kill(load.processes[0]?.pid ?? 0, 'SIGKILL')
    return load.result
  })
  expect(result.verdict).toBe('not_proven')
  expect(result.problems).toEqual([
    expect.stringMatching(/^k6 was ended by SIGKILL: .* play it again/),
    'k6 left no result that could be read',
  ])
})

test('a k6 that hangs is ended by its watchdog and proves nothing', async () => {
  const settings = { ...SHORT, phases: { warmup: 500, steady: 0, fault: 200, recovery: 200 } }
  const { result, pid } = await withLoad(
    'healthy',
    settings,
    async load => {
      process.kill(load.processes[0]?.pid ?? 0, 'SIGSTOP')
      return { result: await load.result, pid: load.processes[0]?.pid ?? 0 }
    },
    { marginMs: 500 },
  )
  expect(result.verdict).toBe('not_proven')
  expect(result.problems[0]).toMatch(/^k6 hung: it had not ended 0.5 s after its last phase\. Was it stopped/)
  expect(alive(pid)).toBe(false)
})

test('an unknown policy reaches k6 as an error of the scenario, told with its text', async () => {
  const result = await withLoad('healthy', { ...SHORT, policy: 'nonsense' }, load => load.result)
  expect(result.verdict).toBe('not_proven')
  expect(result.problems[0]).toContain('POLICY=nonsense is no reconnect policy')
})

test('a target that is not there, not ready, or no address is refused before any load', async () => {
  const { signal } = interrupt
  await expect(checkTarget('http://127.0.0.1:1', signal)).rejects.toMatchObject({
    code: 'target_unreachable',
  })
  await expect(checkTarget('127.0.0.1:8080', signal)).rejects.toMatchObject({ code: 'bad_target' })
  await expect(checkTarget('http://127.0.0.1:8080/api', signal)).rejects.toMatchObject({ code: 'bad_target' })
  await expect(checkTarget('http://me:secret@127.0.0.1:8080', signal)).rejects.toMatchObject({
    code: 'bad_target',
    message: '"http://***@127.0.0.1:8080" is not the address of a server',
  })
  const other = createServer((_, response) => response.writeHead(404).end('<html>'))
  await new Promise<void>(listening => other.listen(0, '127.0.0.1', listening))
  try {
    const { port } = other.address() as AddressInfo
    await expect(checkTarget(`http://127.0.0.1:${port}`, signal)).rejects.toThrow('answers 404, not 200')
  } finally {
    await new Promise(closed => other.close(closed))
  }
})

test('a front end that answers every path with its page is none, and how else to load it is said', async () => {
  const { signal } = interrupt
  const page = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<!doctype html>')
  })
  await new Promise<void>(listening => page.listen(0, '127.0.0.1', listening))
  try {
    const { port } = page.address() as AddressInfo
    await expect(checkTarget(`http://127.0.0.1:${port}`, signal)).rejects.toMatchObject({
      code: 'target_unreachable',
      message: expect.stringContaining('/readyz answers with a web page'),
      hint: expect.stringContaining('--path'),
    })
    // Of a server that is not ours only that something answers is asked.
    expect(await checkTarget(`http://127.0.0.1:${port}`, signal, false)).toBe(`http://127.0.0.1:${port}`)
  } finally {
    await new Promise(closed => page.close(closed))
  }
})
