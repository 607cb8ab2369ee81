import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FAULT_MATCHES, type FaultMatch, SCENARIOS, type Scenario } from '#catalog'
import { type Scope, withScope } from '#core'
import type { GateResult } from '#gate'
import { type LoadSettings, startReferenceServer } from '#run'
import { temporaryFolder } from '#stack'
import { playGate, scenarioNamed } from '../support/play-gate.ts'
import { startRedis } from '../support/redis.ts'
import { requireTool } from '../support/require-tool.ts'

/** Long enough that each well-behaved client begins and ends a task in every phase. */
const LENGTHS = { warmup: 2_500, steady: 2_500, fault: 5_000, recovery: 4_000 }
const SIZE: LoadSettings = { clients: 6, taskMs: 400, phases: LENGTHS, addresses: 2 }
/** What a small crowd of some scenarios must be at least. */
const OWN_SIZE: Readonly<Record<string, LoadSettings>> = {
  // One client for each answer of the door; some come back after a long backoff.
  'refused-matrix': { clients: 11, phases: { ...LENGTHS, recovery: 12_000 } },
  'rolling-deploy': { phases: { ...LENGTHS, fault: 12_000, recovery: 8_000 } },
  'flapping-server': { phases: { ...LENGTHS, recovery: 8_000 } },
}
/** Silent peers are known after two heartbeats. */
const FLAGS = ['--heartbeat', '1500ms']
/** Side by side: what takes time is waiting for the phases. */
const AT_ONCE = 6
/** Crowds side by side slow each other down: what proves nothing is played again, alone. */
const MOST_RUNS = 3

const { signal } = new AbortController()

/** A server over a Redis, which the command has replaced on its port, by one with the bug where there is one. */
async function replaced(bug: FaultMatch | undefined, scope: Scope) {
  const redis = scope.use(await startRedis(await requireTool('redis-server')))
  const start = (...more: string[]) =>
    startReferenceServer({ name: 'server', flags: [...FLAGS, '--redis', redis.url, ...more], signal })
  let server = await start()
  scope.defer(() => server[Symbol.asyncDispose]())
  const { url } = server
  const asked = join(scope.use(await temporaryFolder('deploy')).path, 'asked')
  const replace = async () => {
    await server[Symbol.asyncDispose]()
    const faults = bug ? ['--fault', `${bug.fault}=${bug.variant}`] : []
    server = await start('--port', new URL(url).port, ...faults)
    rmSync(asked)
  }
  let isAsked = false
  const watcher = setInterval(() => {
    if (isAsked || !existsSync(asked)) return
    isAsked = true
    void replace()
  }, 50)
  scope.defer(() => clearInterval(watcher))
  return { url, faultCommand: `touch ${asked}; while [ -e ${asked} ]; do sleep 0.1; done` }
}

/** One scenario by the gate, against a server that has the bug from its start, or from the fault phase on. */
function gate(scenario: Scenario, bug?: FaultMatch): Promise<GateResult> {
  return withScope(async scope => {
    const faults = bug?.since === 'start' ? [`${bug.fault}=${bug.variant}`] : []
    const { url, faultCommand }: { url: string; faultCommand?: string } =
      scenario.cause.by === 'command'
        ? await replaced(bug, scope)
        : scope.use(await startReferenceServer({ name: 'server', faults, flags: FLAGS, signal }))
    let put: Promise<unknown> = Promise.resolve()
    const result = await playGate({
      scenarios: [scenario],
      settings: () => ({ ...SIZE, ...OWN_SIZE[scenario.name] }),
      target: { url, metrics: `${url}/metrics` },
      ...(faultCommand === undefined ? {} : { faultCommand }),
      report(line) {
        const isDue = bug?.since === 'fault' && faultCommand === undefined
        if (isDue && line.startsWith(`${scenario.name}: fault`)) put = putOn(url, bug)
      },
      signal,
    })
    await put
    return result
  })
}

async function putOn(url: string, { fault, variant }: FaultMatch) {
  const response = await fetch(`${url}/debug/faults/${fault}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ variant }),
  })
  expect(response.status).toBe(200)
}

const broken = ({ runs }: GateResult) =>
  runs.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'did_not_hold').map(({ id }) => id))

const found = ({ runs }: GateResult) =>
  runs.flatMap(({ checks, problems }) => [
    ...problems,
    ...checks
      .filter(({ verdict }) => verdict === 'did_not_hold' || verdict === 'not_proven')
      .map(({ id, verdict, note }) => `${id} ${verdict}: ${note}`),
  ])

/** Runs all, a few at a time, and again, alone, what did not come out. */
async function inTurns<T>(
  items: readonly T[],
  run: (item: T) => Promise<GateResult>,
  isFine: (item: T, result: GateResult) => boolean,
): Promise<(readonly [T, GateResult])[]> {
  const results: [T, GateResult][] = []
  const queue = [...items]
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      results.push([item, await run(item)])
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  for (const entry of results) {
    for (let again = 1; again < MOST_RUNS && !isFine(...entry); again++) {
      process.stderr.write(`${JSON.stringify(entry[0])}: ${found(entry[1]).join('; ')}\n`)
      entry[1] = await run(entry[0])
    }
  }
  return results
}

test('each scenario finds the bug that is its match, by the check that is named for it', async () => {
  const isFound = ({ check }: FaultMatch, result: GateResult) => broken(result).includes(check)
  const results = await inTurns(FAULT_MATCHES, bug => gate(scenarioNamed(bug.scenario), bug), isFound)
  for (const [bug, result] of results) {
    expect([bug.scenario, bug.fault, result.exitCode, broken(result)]).toEqual([
      bug.scenario,
      bug.fault,
      1,
      expect.arrayContaining([bug.check]),
    ])
  }
})

test('each scenario holds on the healthy server, at both ends of the wire', async () => {
  const results = await inTurns(
    SCENARIOS,
    scenario => gate(scenario),
    (_, { exitCode }) => exitCode === 0,
  )
  for (const [{ name }, result] of results) {
    expect([name, result.exitCode, found(result)]).toEqual([name, 0, []])
  }
})
