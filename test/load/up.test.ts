import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ruleFile } from '#dashboards'
import type { UpUrls } from '#up'
import type { Io } from '../../src/cli/io.ts'
import { run as runCommand } from '../../src/cli/run.ts'
import type { UpState } from '../../src/up/page/state.ts'
import { type CommandRun, startCommand } from '../support/command.ts'
import { requireTool } from '../support/require-tool.ts'

const needsTools = () => Promise.all((['k6', 'prometheus', 'alertmanager'] as const).map(requireTool))

/** Waits until what the page shows fits. */
async function shows(
  run: CommandRun,
  page: string,
  what: string,
  fits: (state: UpState) => boolean,
): Promise<UpState> {
  const deadline = Date.now() + 90_000
  for (;;) {
    const state = (await (await fetch(`${page}state.json`)).json()) as UpState
    if (fits(state)) return state
    if (Date.now() > deadline)
      throw new Error(`the page never showed ${what}; it was ${JSON.stringify(state)}\n${run.err()}`)
    await new Promise(later => setTimeout(later, 200))
  }
}

const count = ({ figures }: UpState, name: string) =>
  figures?.counts.find(one => one.name === name)?.value ?? 0
const kept = ({ figures }: UpState, name: string) =>
  figures?.kept.find(one => one.name === name)?.success ?? null
const blow = (page: string, name: string) =>
  fetch(`${page}storms`, { method: 'POST', body: new URLSearchParams({ name }), redirect: 'manual' })

async function isUp(run: CommandRun): Promise<UpUrls> {
  await run.says('all of it runs')
  return JSON.parse(run.out()) as UpUrls
}

test('figures move, a storm pages on the page and at the webhook, resolves, and Ctrl-C leaves nothing', async () => {
  await needsTools()
  using run = startCommand(['up', '--json'])
  const { page, prometheus, server, metrics, redis } = await isUp(run)
  expect(redis).toMatch(/^redis:\/\/127\.0\.0\.1:/)
  expect((await fetch(`${server}/readyz`)).status).toBe(200)
  expect(await (await fetch(metrics)).text()).toContain('task_broker_up 1')
  // The very rules of the catalogue.
  const loaded = (await (await fetch(`${prometheus}/api/v1/rules`)).json()) as {
    data: { groups: { name: string }[] }
  }
  const groups = (parse(ruleFile('drill')) as { groups: { name: string }[] }).groups.map(({ name }) => name)
  expect(loaded.data.groups.map(({ name }) => name).toSorted()).toEqual(groups.toSorted())

  const calm = await shows(
    run,
    page,
    'traffic',
    state => count(state, 'Handshakes') > 2 && kept(state, 'session') === 1,
  )
  expect(calm.alerts).toEqual([])
  expect(calm.figures?.charts.map(({ series }) => series.length).every(length => length > 0)).toBe(true)

  expect((await blow(page, 'wrong-path')).status).toBe(303)
  expect((await blow(page, 'flapping-client')).status).toBe(409)
  const fired = await shows(run, page, 'the page alert', ({ alerts }) =>
    alerts.some(({ alert, severity }) => alert === 'WsWrongPathStorm' && severity === 'critical'),
  )
  expect(fired.storm).toMatchObject({ name: 'wrong-path', isBlowing: true })
  expect(kept(fired, 'handshake')).toBeLessThan(0.9)
  await run.says('WsWrongPathStorm (critical) firing')
  expect(await (await fetch(page)).text()).toContain('fire')
  const over = await shows(run, page, 'that all is resolved', ({ alerts }) =>
    alerts.every(({ resolvedAt }) => resolvedAt !== null),
  )
  await run.says('WsWrongPathStorm (critical) resolved')
  const names = new Set(over.alerts.map(({ alert }) => alert))
  expect(names).toContain('WsHandshakeBudgetBurn')
  // The other regime's alerts stay silent.
  expect(names).not.toContain('WsFlapping')
  expect(names).not.toContain('WsTrafficGone')

  run.signal('SIGINT')
  expect(await run.exited).toBe(0)
  expect([...run.started().values()].some(command => command.includes('redis-server'))).toBe(true)
  expect(run.left()).toEqual([])
  expect(run.leftFiles()).toEqual([])
})

test('a storm from the start, ended early, without Redis and under the windows of production', async () => {
  await needsTools()
  using run = startCommand([
    'up',
    '--json',
    '--no-redis',
    '--windows',
    'production',
    '--storm',
    'flapping-server',
  ])
  const { page, redis, metrics } = await isUp(run)
  expect(redis).toBeUndefined()
  expect(run.err()).toContain('tasks are kept in memory')
  await shows(run, page, 'the storm', ({ storm }) => storm?.isBlowing === true)
  const isOn = async () =>
    /petrel_fault_active\{[^}]*accept-then-close[^}]*\} 1/.test(await (await fetch(metrics)).text())
  await expect.poll(isOn, { timeout: 30_000 }).toBe(true)
  await fetch(`${page}storms/end`, { method: 'POST', redirect: 'manual' })
  const over = await shows(run, page, 'its end', ({ storm }) => storm?.isBlowing === false)
  expect(over.windows).toBe('production')
  // The fault is taken back, not only the crowd.
  await expect.poll(isOn).toBe(false)
  run.signal('SIGTERM')
  expect(await run.exited).toBe(0)
  expect(run.left()).toEqual([])
})

test.each([
  ['the server', ' serve ', 'the server (pid ', 'part_died'],
  ['Redis', 'redis-server', 'Redis (pid ', 'part_died'],
  ['Prometheus', 'prometheus.yml', 'Prometheus (pid ', 'watch_died'],
  ['the traffic', 'healthy.ts', 'k6 healthy (pid ', 'part_died'],
])('%s dies midway: it says which, with 4, and nothing is left', async (_, program, name, code) => {
  await needsTools()
  using run = startCommand(['up', '--json'])
  await isUp(run)
  const [pid] = [...run.started()].find(([, command]) => command.includes(program)) ?? []
  expect(pid).toBeDefined()
  process.kill(Number(pid), 'SIGKILL')
  expect(await run.exited).toBe(4)
  expect(run.err()).toContain(name)
  expect(run.err()).toContain(`(${code})`)
  expect(run.left()).toEqual([])
  expect(run.leftFiles()).toEqual([])
})

test('what a person types starts a storm, also when it is misspelt; Ctrl-C is success', async () => {
  await needsTools()
  const interrupt = new AbortController()
  const typing = Promise.withResolvers<(line: string) => void>()
  let text = ''
  let isLetGo = false
  const io: Io = {
    out: () => {},
    err: line => {
      text += line
    },
    typed(onLine) {
      typing.resolve(onLine)
      return {
        [Symbol.dispose]() {
          isLetGo = true
        },
      }
    },
    colour: false,
    env: process.env,
    cwd: '/',
    signal: interrupt.signal,
  }
  const ended = runCommand(['up', '--no-redis'], io)
  const type = await typing.promise
  type('  wrong-pth ')
  await expect.poll(() => text).toContain('storm wrong-path:')
  type('zzz')
  await expect.poll(() => text).toContain('"zzz" is no storm; there are: healthy,')
  type('mass-drop')
  await expect.poll(() => text).toContain('wrong-path still blows; one storm at a time')
  interrupt.abort()
  expect(await ended).toBe(0)
  expect(isLetGo).toBe(true)
})

test.each(['finding k6', 'all of it runs', 'storm wrong-path'])(
  'Ctrl-C at "%s": nothing is left',
  async line => {
    await needsTools()
    using run = startCommand(['up', '--storm', 'wrong-path'])
    await run.says(line)
    run.signal('SIGINT')
    expect([0, 130]).toContain(await run.exited)
    expect(run.left()).toEqual([])
    expect(run.leftFiles()).toEqual([])
  },
)

test('a port that is taken: exit 3, before anything starts', async () => {
  await needsTools()
  using first = startCommand(['up', '--json', '--no-redis'])
  const { page } = await isUp(first)
  using second = startCommand(['up', '--port', new URL(page).port])
  expect(await second.exited).toBe(3)
  expect(second.err()).toContain('(port_busy)')
  first.signal('SIGINT')
  expect(await first.exited).toBe(0)
})
