import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { SCENARIOS } from '#catalog'
import { allSettled, systemClock } from '#core'
import {
  type LoadOptions,
  type LoadResult,
  type LoadSettings,
  type ReferenceServer,
  startLoad,
  startReferenceServer,
} from '#run'
import { type FoundTool, temporaryFolder } from '#stack'
import { startRedis } from '../support/redis.ts'
import { requireTool } from '../support/require-tool.ts'

/** Long enough that each well-behaved client begins and ends a task in every phase. */
const PHASES = { warmup: 2_500, steady: 2_500, fault: 5_000, recovery: 4_000 }
const TASK_MS = 400
const CLIENTS = 4
/** What k6 and its neighbours need to start on two cores, before the common timeline begins. */
const LEAD_MS = 2_000
const LEAD_PER_LOAD_MS = 800
/** Crowds side by side slow each other down: what did not come out as expected is played again, alone. */
const MOST_RUNS = 3

const { signal } = new AbortController()
const ending: (() => unknown)[] = []
let k6: FoundTool
let folder: string
let server: ReferenceServer

beforeAll(async () => {
  k6 = { name: 'k6', path: await requireTool('k6'), version: 'found', source: 'test' }
  const temporary = await temporaryFolder('scenarios')
  ending.push(() => temporary[Symbol.asyncDispose]())
  folder = temporary.path
  server = await serve('--heartbeat', '1500ms')
})
afterAll(async () => {
  for (const end of ending.toReversed()) await end()
})

async function serve(...flags: string[]): Promise<ReferenceServer> {
  const started = await startReferenceServer({ name: 'server', flags, signal })
  ending.push(() => started[Symbol.asyncDispose]())
  return started
}

interface Play {
  name: string
  settings?: LoadSettings
  targets?: readonly string[]
  faultCommand?: string
  /** What comes out of it; it holds when this is left away. */
  expected?: LoadResult['verdict']
}

/** Plays them side by side, then alone what did not come out as expected; only what never does fails. */
async function play(plays: readonly Play[]): Promise<LoadResult[]> {
  const results = await playOnce(plays)
  return allSettled(
    results.map(async (first, index) => {
      let result = first
      const played = plays[index] as Play
      const expected = played.expected ?? 'held'
      for (let run = 1; result.verdict !== expected && run < MOST_RUNS; run++) {
        const why = [...result.violations, ...result.problems].join('; ')
        process.stderr.write(`${result.scenario}: ${result.verdict}: ${why}\n`)
        const again = await playOnce([played])
        result = again[0] as LoadResult
      }
      return result
    }),
  )
}

async function playOnce(plays: readonly Play[]): Promise<LoadResult[]> {
  const startAt = Date.now() + LEAD_MS + LEAD_PER_LOAD_MS * plays.length
  const loads = await allSettled(
    plays.map(({ name, settings, targets, faultCommand }) => {
      const scenario = SCENARIOS.find(entry => entry.name === name)
      if (!scenario) throw new Error(`no scenario ${name}`)
      const options: LoadOptions = {
        scenario,
        targets: targets ?? [server.url],
        settings: { clients: CLIENTS, taskMs: TASK_MS, phases: PHASES, addresses: 2, ...settings },
        startAt,
        k6,
        folder: mkdtempSync(join(folder, 'k6-')),
        env: process.env,
        clock: systemClock,
        signal,
        ...(faultCommand === undefined ? {} : { faultCommand }),
      }
      return startLoad(options)
    }),
  )
  try {
    return await Promise.all(loads.map(({ result }) => result))
  } finally {
    for (const load of loads) await load[Symbol.asyncDispose]()
  }
}

const held = { verdict: 'held', violations: [], problems: [] }

test('crowds that behave well, or badly by themselves, against the healthy server', async () => {
  const [burst, loop, drop, wake, churn, race, fanout, many, soak] = (await play([
    { name: 'harmless-burst', settings: { clients: 10, badClients: 8 } },
    { name: 'one-loop' },
    { name: 'mass-drop' },
    { name: 'wake-up' },
    { name: 'resume-churn' },
    { name: 'terminal-race' },
    { name: 'big-fanout', settings: { clients: 20 } },
    { name: 'many-tasks', settings: { clients: 2 } },
    { name: 'soak' },
  ])) as [LoadResult, ...LoadResult[]] & { length: 9 }
  for (const result of [burst, loop, drop, wake, churn, race, fanout, many, soak]) {
    expect(result).toMatchObject(held)
    expect(result?.phases.warmup.usable).toBeGreaterThan(0)
  }
  expect(burst.phases.fault.attempts).toBeGreaterThan(2 * burst.phases.steady.attempts)
  expect(burst.phases.fault.usable).toBe(burst.phases.fault.attempts)

  const looping = loop?.phases.fault
  expect(looping?.refused[404]).toBeGreaterThan(5)
  expect(looping?.usable).toBe((looping?.attempts ?? 0) - (looping?.refused[404] ?? 0))

  expect(drop?.recovery).toMatchObject({ losses: CLIENTS, neverCameBack: 0, reloads: 0 })
  expect(drop?.recovery.p99Ms).toBeLessThan(PHASES.fault)
  expect(drop?.recovery.attemptsPerRecovery?.max).toBeLessThan(6)

  expect(wake?.recovery).toMatchObject({
    losses: CLIENTS,
    neverCameBack: 0,
    peakReconnectsPerSecond: CLIENTS,
  })
  expect(wake?.recovery.p50Ms).toBeGreaterThanOrEqual(PHASES.fault / 2)

  expect(churn?.recovery.losses).toBeGreaterThan(CLIENTS)
  expect(race?.recovery.losses).toBeGreaterThan(0)
  // A task that ends around the end of the fault may be seen to its end in the recovery.
  const inAll = (count: 'terminalSeen' | 'tasksFollowed') =>
    Object.values(race?.phases ?? {}).reduce((sum, phase) => sum + phase[count], 0)
  expect(inAll('terminalSeen')).toBe(inAll('tasksFollowed'))

  expect(fanout?.phases.warmup.terminalSeen).toBe(20)
  expect(many?.phases.fault.tasksFollowed).toBeGreaterThanOrEqual(20)
  expect(soak?.phases.fault.usable).toBe(soak?.phases.fault.attempts)
})

test('faults that others cause: a front door, a deployment, readers that do not read; and servers that are not ours', async () => {
  const deployment = await rollingDeployment()
  const handshakes: Handshake[] = []
  const answering = await foreignServer(true, handshakes)
  const mute = await foreignServer(false)
  const foreign = { pathTemplate: '/live/{taskId}', createsTasks: false, taskMs: 1_100 }
  const [matrix, deploy, slow, open, well, silent] = (await play([
    { name: 'refused-matrix', settings: { clients: 11, phases: { ...PHASES, recovery: 12_000 } } },
    {
      name: 'rolling-deploy',
      targets: deployment.targets,
      faultCommand: deployment.command,
      settings: { phases: { ...PHASES, fault: 12_000, recovery: 6_000 } },
    },
    { name: 'slow-reader' },
    { name: 'half-open' },
    {
      name: 'healthy',
      targets: [answering],
      settings: { ...foreign, phases: { ...PHASES, warmup: 4_000, steady: 4_000 } },
    },
    {
      name: 'healthy',
      targets: [mute],
      expected: 'did_not_hold',
      settings: { ...foreign, phases: { ...PHASES, warmup: 4_000, steady: 4_000 } },
    },
  ])) as [LoadResult, ...LoadResult[]] & { length: 6 }

  expect(matrix).toMatchObject(held)
  expect(Object.keys(matrix.attemptsByRefusal)).toHaveLength(11)
  const statuses = ['200', '301', '400', '401', '403', '404', '426', '429', '503']
  expect(Object.keys(matrix.phases.fault.refused).toSorted()).toEqual(statuses)
  expect(matrix.recovery).toMatchObject({ losses: 11, neverCameBack: 0 })

  expect(deploy).toMatchObject(held)
  expect(deploy?.recovery.losses).toBeGreaterThanOrEqual(CLIENTS)
  expect(deploy?.recovery.neverCameBack).toBe(0)

  expect(slow).toMatchObject({ ...held, badReaders: { readers: 4, reads: 'little' } })
  expect(open).toMatchObject({ ...held, badReaders: { readers: 4, reads: 'nothing', stillOpen: 0 } })
  // All follow the task of those that read badly, and each is told its end.
  for (const result of [slow, open]) expect(result?.phases.warmup.terminalSeen).toBe(CLIENTS)

  expect(well).toMatchObject(held)
  expect(well?.phases.fault.usable).toBe(well?.phases.fault.attempts)
  expect(new Set(handshakes.map(({ from }) => from))).toEqual(new Set(['127.0.0.2', '127.0.0.3']))
  const traces = handshakes.map(({ traceparent }) => String(traceparent))
  for (const trace of traces) expect(trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(new Set(traces).size).toBe(traces.length)

  expect(silent?.verdict).toBe('did_not_hold')
  expect(silent?.violations).toEqual([
    expect.stringMatching(/^petrel_usable_sessions\{phase:warmup\} count>=4 does not hold/),
  ])
})

/** Two replicas over one Redis; the command has them replaced one after the other, on their ports. */
async function rollingDeployment() {
  const redis = await startRedis(await requireTool('redis-server'))
  ending.push(() => redis[Symbol.asyncDispose]())
  const replicas = [await serve('--redis', redis.url), await serve('--redis', redis.url)]
  const asked = join(folder, 'deploy')
  const done = join(folder, 'deployed')
  const replace = async () => {
    for (const [index, replica] of replicas.entries()) {
      await replica[Symbol.asyncDispose]()
      replicas[index] = await serve('--redis', redis.url, '--port', new URL(replica.url).port)
    }
    writeFileSync(done, '')
  }
  const watcher = setInterval(() => {
    if (!existsSync(asked)) return
    rmSync(asked)
    void replace()
  }, 50)
  ending.push(() => clearInterval(watcher))
  return {
    targets: replicas.map(({ url }) => url),
    command: `rm -f ${done}; touch ${asked}; until [ -e ${done} ]; do sleep 0.1; done`,
  }
}

/** A handshake as its server sees it. */
interface Handshake {
  from: string | undefined
  traceparent: unknown
}

/** A server of another protocol: it takes every path, and speaks or does not. */
async function foreignServer(speaks: boolean, handshakes: Handshake[] = []): Promise<string> {
  const http = createServer((_, response) => response.writeHead(404).end())
  const wss = new WebSocketServer({ server: http })
  wss.on('connection', (ws, { socket, headers }) => {
    handshakes.push({ from: socket.remoteAddress, traceparent: headers.traceparent })
    if (speaks) ws.send('hello')
  })
  await new Promise<void>(listening => http.listen(0, '127.0.0.1', listening))
  ending.push(() => {
    for (const client of wss.clients) client.terminate()
    return new Promise(closed => http.close(closed))
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}
