import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { parseAllDocuments } from 'yaml'
import { SCENARIOS } from '#catalog'
import { systemClock, withScope } from '#core'
import { type LoadResult, type LoadSettings, loadResultSchema, startLoad, startReferenceServer } from '#run'
import { type FoundTool, startProcess, temporaryFolder } from '#stack'
import { startCommand } from '../support/command.ts'
import { requireTool } from '../support/require-tool.ts'

const SHORT: LoadSettings = {
  clients: 8,
  taskMs: 500,
  addresses: 4,
  phases: { warmup: 2_500, steady: 0, fault: 2_500, recovery: 2_500 },
}

/** Crowds of eight beside each other are no load: what takes time here is waiting for the phases. */
const interrupt = new AbortController()
let k6: FoundTool
beforeAll(async () => {
  k6 = { name: 'k6', path: await requireTool('k6'), version: 'found', source: 'test' }
})
afterAll(() => interrupt.abort())

/** One load of so many k6 processes. */
function play(name: string, target: string, settings: LoadSettings): Promise<LoadResult> {
  const scenario = SCENARIOS.find(entry => entry.name === name)
  if (!scenario) throw new Error(`no scenario ${name}`)
  return withScope(async scope => {
    const folder = scope.use(await temporaryFolder('segments')).path
    const { signal } = interrupt
    const options = { scenario, targets: [target], k6, folder, env: process.env, clock: systemClock, signal }
    const load = scope.use(
      await startLoad({ ...options, settings: { ...SHORT, ...settings }, startAt: Date.now() + 2_500 }),
    )
    expect(load.processes).toHaveLength(settings.segments ?? 1)
    return await load.result
  })
}

function onServer<T>(faults: readonly string[], use: (url: string) => Promise<T>): Promise<T> {
  return withScope(async scope => {
    const { signal } = interrupt
    return await use(scope.use(await startReferenceServer({ name: 'server', faults, signal })).url)
  })
}

test.concurrent('two k6 on one server give the verdict of one, with the counts of the whole crowd', async () => {
  const [one, two] = await onServer([], url =>
    Promise.all([play('mass-drop', url, { segments: 1 }), play('mass-drop', url, { segments: 2 })]),
  )
  expect(loadResultSchema.parse(two)).toEqual(two)
  for (const { verdict, problems, recovery } of [one, two]) {
    expect({ verdict, problems }).toEqual({ verdict: 'held', problems: [] })
    expect(recovery).toMatchObject({ losses: 8, neverCameBack: 0, stillWaiting: 0 })
    expect(recovery.p99Ms).toBeGreaterThan(0)
  }
  expect([one.segments, two.segments]).toEqual([1, 2])
  const told = ({ phases }: LoadResult) => Object.values(phases).map(({ connectMs }) => connectMs?.count ?? 0)
  expect(told(two)).toEqual(Object.values(two.phases).map(({ accepted }) => accepted))
  // The same seed gives the same clients the same tasks, whoever plays them.
  expect(two.phases.warmup.accepted).toBe(one.phases.warmup.accepted)
  expect(two.curves?.points.at(-1)).toMatchObject({ open: 0, lost: 8, back: 8 })
})

test.concurrent.each(['accept-then-close', 'never-closes'])(
  'what one k6 finds, two find, on a server with %s: the violation is of the whole',
  async fault => {
    const [one, two] = await onServer([fault], url =>
      Promise.all([play('healthy', url, { segments: 1 }), play('healthy', url, { segments: 2 })]),
    )
    const names = ({ violations }: LoadResult) => violations.map(text => text.replace(/ it is \d+$/, ''))
    expect(one.verdict).toBe('did_not_hold')
    expect(two.verdict).toBe('did_not_hold')
    expect(names(two).toSorted()).toEqual(names(one).toSorted())
    // Every value that k6 counted its VUs have told of, also those of the last connections.
    expect(two.problems).toEqual(one.problems)
  },
)

test.concurrent('the one task of a fan-out is one for all segments', async () => {
  await onServer([], async url => {
    const { verdict, problems, phases } = await play('big-fanout', url, { segments: 2 })
    expect({ verdict, problems }).toEqual({ verdict: 'held', problems: [] })
    const answer = await fetch(`${url}/api/v1/tasks?limit=100`)
    const { tasks } = (await answer.json()) as { tasks: unknown[] }
    // One for the crowd, and one for each session of the recovery.
    expect(tasks).toHaveLength(1 + phases.recovery.tasksFollowed)
  })
})

test.concurrent('no two segments have a client or a source address in common', async () => {
  const seen = new Map<string, Set<string>>()
  const http = createServer((_, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket, request) => {
    const client = new URL(request.url ?? '', 'http://x').searchParams.get('client_id') ?? ''
    seen.set(client, (seen.get(client) ?? new Set()).add(request.socket.remoteAddress ?? ''))
    socket.send(JSON.stringify({ type: 'progress' }))
  })
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  try {
    const { port } = http.address() as AddressInfo
    const path = { pathTemplate: '/stream/{taskId}', createsTasks: false }
    await play('healthy', `http://127.0.0.1:${port}`, { segments: 2, ...path })
    // The start of the run ends each id, and is one for both.
    const ids = [...seen.keys()].map(id => /^(client-\d+)-(\w+)$/.exec(id) ?? [])
    expect(ids.map(([, client]) => client).toSorted()).toEqual(
      Array.from({ length: 8 }, (_, n) => `client-${n}`),
    )
    expect(new Set(ids.map(([, , run]) => run)).size).toBe(1)
    // Each client has one address, and the crowd all four.
    expect([...seen.values()].every(addresses => addresses.size === 1)).toBe(true)
    expect(new Set([...seen.values()].flatMap(addresses => [...addresses])).size).toBe(4)
  } finally {
    for (const socket of sockets.clients) socket.terminate()
    http.close()
  }
})

test.concurrent('one of two that dies proves nothing, and is named', async () => {
  await onServer([], url =>
    withScope(async scope => {
      const folder = scope.use(await temporaryFolder('segments')).path
      const [scenario] = SCENARIOS.filter(({ name }) => name === 'healthy')
      if (!scenario) throw new Error('no scenario')
      const load = scope.use(
        await startLoad({
          scenario,
          targets: [url],
          settings: { ...SHORT, segments: 2 },
          startAt: Date.now() + 2_000,
          k6,
          folder,
          env: process.env,
          clock: systemClock,
          signal: interrupt.signal,
        }),
      )
      process.kill(load.processes[1]?.pid ?? 0, 'SIGKILL')
      const { verdict, problems } = await load.result
      expect(verdict).toBe('not_proven')
      expect(problems).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^segment 2 of 2: k6 was ended by SIGKILL/),
          'segment 2 of 2: k6 left no result that could be read',
        ]),
      )
    }),
  )
})

/** The script and the `TestRun` of manifests. */
function readManifests(text: string) {
  const [map, run] = parseAllDocuments(text).map(document => document.toJS())
  const { script, runner, arguments: options, parallelism } = run.spec
  return {
    script: map.data[script.configMap.file] as string,
    env: Object.fromEntries(runner.env.map(({ name, value }: Record<string, string>) => [name, value])),
    options: (options as string).split(' '),
    parallelism: parallelism as number,
  }
}

test.concurrent('manifests for k6-operator, run as it runs them: the logs of the runners make one verdict', async () => {
  await onServer([], url =>
    withScope(async scope => {
      const folder = scope.use(await temporaryFolder('segments')).path
      const short = [
        '--warmup',
        '3s',
        '--steady',
        '0s',
        '--fault',
        '3s',
        '--recovery',
        '3s',
        '--task',
        '500ms',
      ]
      using emit = startCommand([
        'load',
        'mass-drop',
        '--emit',
        'k8s',
        '--segments',
        '2',
        '--clients',
        '8',
        '--target',
        url,
        ...short,
      ])
      expect(await emit.exited).toBe(0)
      const { script, env, options, parallelism } = readManifests(emit.out())
      expect(parallelism).toBe(2)
      writeFileSync(join(folder, 'script.js'), script)
      const logs = ['0:1/2', '1/2:1'].map((segment, index) => ({
        segment,
        file: join(folder, `${index}.log`),
      }))
      const runners = await Promise.all(
        logs.map(({ segment, file }) =>
          startProcess({
            name: segment,
            command: k6.path,
            args: [
              ...['run', '--quiet', '--execution-segment', segment],
              ...['--execution-segment-sequence', '0,1/2,1', ...options, join(folder, 'script.js')],
              // The operator opens k6's own port here, one in each pod.
              ...['--address', '', '--tag', 'testrun_name=petrel-mass-drop'],
            ],
            env,
            cwd: folder,
            logFile: file,
            signal: interrupt.signal,
          }),
        ),
      )
      await Promise.all(runners.map(({ exited }) => exited))
      const files = logs.map(({ file }) => file)
      using merge = startCommand(['load', 'mass-drop', '--json', '--merge', ...files])
      expect(await merge.exited).toBe(0)
      expect(JSON.parse(merge.out())).toMatchObject({
        verdict: 'held',
        problems: [],
        segments: 2,
        recovery: { losses: 8, neverCameBack: 0, stillWaiting: 0 },
      })
      // One log alone, or the same twice, is not the crowd.
      for (const some of [files.slice(0, 1), [files[0] ?? '', files[0] ?? '']]) {
        using half = startCommand(['load', 'mass-drop', '--merge', ...some])
        expect(await half.exited).toBe(4)
        expect(half.out()).toContain('2 runners played it, and here are logs of 1')
      }
      using other = startCommand(['load', 'healthy', '--merge', ...files])
      expect(await other.exited).toBe(2)
      expect(other.err()).toContain('the result of mass-drop')
      expect(readFileSync(files[0] ?? '', 'utf8')).not.toContain('GoError')
    }),
  )
})
