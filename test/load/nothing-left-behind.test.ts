import { expect, test } from 'vitest'
import { startCommand } from '../support/command.ts'
import { requireTool } from '../support/require-tool.ts'

/** Moments of a demo at which somebody may press Ctrl-C, by the line that announces them. */
const MOMENTS = [
  ['while tools are looked for', 'finding k6'],
  ['while servers start', 'starting 8 servers'],
  ['while the crowds start', 'starting 8 crowds'],
  ['while they are playing', 'warmup:'],
] as const

async function needsTools() {
  await requireTool('k6')
  await requireTool('prometheus')
  await requireTool('alertmanager')
}

test.each(MOMENTS)('Ctrl-C %s: 130, and nothing is left', async (_, line) => {
  await needsTools()
  using demo = startCommand(['demo'])
  await demo.says(line)
  demo.signal('SIGINT')
  expect(await demo.exited).toBe(130)
  expect(demo.left()).toEqual([])
  expect(demo.leftFiles()).toEqual([])
  expect(demo.out()).toBe('')
})

test('a Prometheus that dies midway: not proven, by its name, and nothing is left', async () => {
  await needsTools()
  using demo = startCommand(['demo'])
  await demo.says('warmup:')
  const [prometheus] = [...demo.started()].find(([, command]) => command.includes('prometheus.yml')) ?? []
  expect(prometheus).toBeDefined()
  process.kill(Number(prometheus), 'SIGKILL')
  expect(await demo.exited).toBe(4)
  expect(demo.err()).toMatch(/petrel: Prometheus \(pid \d+\) ended during the run \(watch_died\)/)
  expect(demo.left()).toEqual([])
  expect(demo.leftFiles()).toEqual([])
})

test('Ctrl-C, a request to end and a terminal that closes end a load with all that it started', async () => {
  await requireTool('k6')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    using load = startCommand(['load', 'healthy'])
    await load.says('healthy against')
    load.signal(signal)
    expect(await load.exited).toBe(130)
    expect([...load.started().values()].some(command => command.includes(' serve '))).toBe(true)
    expect(load.left()).toEqual([])
    expect(load.leftFiles()).toEqual([])
  }
})

test('a load whose progress nobody reads any more goes on to its result, and leaves nothing', async () => {
  await requireTool('k6')
  const phases = ['--warmup', '3s', '--steady', '0s', '--fault', '3s', '--recovery', '3s']
  using load = startCommand(['load', 'healthy', '--json', ...phases])
  await load.says('healthy against')
  load.stopReading('stderr')
  expect(await load.exited).toBe(0)
  expect(JSON.parse(load.out())).toMatchObject({ verdict: 'held', problems: [] })
  expect(load.left()).toEqual([])
  expect(load.leftFiles()).toEqual([])
})

test('a server that is told to end leaves with 0', async () => {
  using serve = startCommand(['serve', '--port', '0'])
  await serve.says('server_listening')
  serve.signal('SIGTERM')
  expect(await serve.exited).toBe(0)
  expect(serve.left()).toEqual([])
})
