import { globSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  ALERTS,
  drillsThatFire,
  METRICS,
  type Metric,
  RUNTIME_METRICS,
  SCENARIOS,
  worstSeverity,
} from '#catalog'
import { queriesOf } from '#prove'
import { toCommander } from '../src/cli/commands/define.ts'
import { COMMANDS } from '../src/cli/commands/index.ts'
import { commandsOf } from './support/runbooks.ts'

const ROOT = resolve(import.meta.dirname, '..')
const FOLDER = join(ROOT, 'docs', 'runbooks')
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8')
const pages = globSync('Ws*.md', { cwd: FOLDER }).toSorted()
const HEADINGS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'Verification', 'Replay']

test('each alert has its page, and each page its alert', () => {
  expect(pages).toEqual(ALERTS.map(({ name }) => `${name}.md`).toSorted())
})

test.each(ALERTS)('$name: its page says what the catalogue says', alert => {
  const page = read(`${alert.name}.md`)
  const front = parse(/^---\n([\s\S]*?)\n---\n/.exec(page)?.[1] ?? '')
  expect(front).toEqual({
    alert: alert.name,
    severity: worstSeverity(alert),
    panel: alert.panel,
    scenarios: front.scenarios,
  })
  expect(front.scenarios).toEqual([...new Set(drillsThatFire(alert.name).map(({ scenario }) => scenario))])
  expect(SCENARIOS.map(({ name }) => name)).toEqual(expect.arrayContaining(front.scenarios))
  expect([...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS)
  expect(page).toContain(`# ${alert.name}\n`)
  expect(page).toContain('**refutes it**')
  expect(read('README.md')).toContain(`(${alert.name}.md)`)
})

test.each(ALERTS)('$name: its replay is what the catalogue plays for it', ({ name }) => {
  const replay = read(`${name}.md`).split('\n## Replay\n')[1] ?? ''
  const drills = drillsThatFire(name)
  const summaryOf = (scenario: string) => SCENARIOS.find(one => one.name === scenario)?.summary
  expect([...replay.matchAll(/^- `(.+?)`: (.+)$/gm)].map(([, drill, what]) => [drill, what])).toEqual(
    drills.map(drill => [drill.name, drill.when ?? summaryOf(drill.scenario)]),
  )
  // What needs nothing but a crowd may be played against any server.
  const loads = drills.filter(({ when }) => when === undefined)
  expect(commandsOf(replay)).toEqual([
    ['prove', '--alert', name],
    ...loads.map(({ scenario }) => ['load', scenario, '--target', 'http://127.0.0.1:8080']),
  ])
})

const SUFFIX = /_(bucket|count|sum)$/
const metrics = Object.values(METRICS) as readonly unknown[] as readonly Metric[]

const valuesOf = ({ buckets = [], tuples }: Metric, label: string) =>
  label === 'le' ? buckets.map(String) : tuples.map(tuple => (tuple as Record<string, string>)[label])

/** What a query reads that nobody measures, one sentence each. */
function queryProblems(query: string): string[] {
  const selectors = [...query.matchAll(/\b(ws_\w+|task_\w+)(?:\{([^}]*)\})?/g)]
  const others = [...query.matchAll(/\b(?:nodejs|process)_\w+|\bup\b/g)].map(([name]) => name)
  if (selectors.length + others.length === 0) return ['it reads no metric']
  // Of a target that does not answer `up` is 0, and counts.
  const counts = /\bcount\b[^)]*\)?\s*\(up\b/.test(query) ? ['it counts targets that are down'] : []
  const runtime = ['up', ...RUNTIME_METRICS.map(({ name }) => name)]
  return [
    ...counts,
    ...others.filter(name => !runtime.includes(name)).map(name => `there is no metric ${name}`),
    ...selectors.flatMap(([, name = '', labels = '']) => {
      const metric = metrics.find(one => one.name === name || one.name === name.replace(SUFFIX, ''))
      if (!metric) return [`there is no metric ${name}`]
      return [...labels.matchAll(/(\w+)="([^"]*)"/g)].flatMap(([pair, label = '', value = '']) =>
        valuesOf(metric, label).includes(value) ? [] : [`${name} has no ${pair}`],
      )
    }),
  ]
}

/** What is wrong with a command of Petrel, one sentence each. */
function commandProblems([name = '', ...rest]: readonly string[]): string[] {
  const command = COMMANDS.find(one => one.name === name)
  if (!command) return [`there is no command ${name}`]
  const { operands, unknown } = toCommander(command).parseOptions([...rest])
  const [scenario = ''] = operands
  const isKnown = name !== 'load' || SCENARIOS.some(one => one.name === scenario)
  return [
    ...unknown.map(option => `${name} has no ${option}`),
    ...(isKnown ? [] : [`there is no scenario ${scenario}`]),
  ]
}

test.each([...pages, 'README.md'])('%s: its queries read metrics and labels that exist', page => {
  const queries = queriesOf(read(page))
  expect(queries.length).toBeGreaterThan(1)
  expect(queries.flatMap(queryProblems)).toEqual([])
})

test.each(pages)('%s: the commands of its replay are commands that exist', page => {
  const commands = commandsOf(read(page).split('\n## Replay\n')[1] ?? '')
  expect(commands.length).toBeGreaterThan(0)
  expect(commands.flatMap(commandProblems)).toEqual([])
})

test.each([
  ['rate(ws_gone_total[5m])', 'there is no metric ws_gone_total'],
  ['ws_connections{state="odd"}', 'ws_connections has no state="odd"'],
  ['rate(ws_delivery_lag_seconds_bucket{le="0.51"}[5m])', 'ws_delivery_lag_seconds_bucket has no le="0.51"'],
  ['nodejs_gone_seconds', 'there is no metric nodejs_gone_seconds'],
  ['vector(1)', 'it reads no metric'],
  ['count by (job) (up)', 'it counts targets that are down'],
])('a page that asks for %s is caught', (query, problem) => {
  const page = `\`\`\`promql\n${query}\n\`\`\``
  expect(queriesOf(page).flatMap(queryProblems)).toEqual([problem])
})

test.each([
  ['laod flapping-client', 'there is no command laod'],
  ['load flapping', 'there is no scenario flapping'],
  ['prove --alrt WsFlapping', 'prove has no --alrt'],
])('a page that says ./petrel %s is caught', (command, problem) => {
  const page = `\`\`\`sh\n./petrel ${command}\n\`\`\``
  expect(commandsOf(page).flatMap(commandProblems)).toContain(problem)
})

/** What the reference server is made of, and what its tests ask of it: some names are put together. */
const SERVER = globSync('server/**/*.ts', { cwd: ROOT })
  .map(file => readFileSync(join(ROOT, file), 'utf8'))
  .join()
const serverHas = (pattern: RegExp) => [...SERVER.matchAll(pattern)].map(([, name]) => name)
const FLAGS = COMMANDS.flatMap(command => toCommander(command).options.map(({ long }) => long))

test.each([...pages, 'README.md'])('%s: the log lines, paths and flags that it names exist', page => {
  const named = (pattern: RegExp) => [...read(page).matchAll(pattern)].map(([, name]) => name)
  expect(serverHas(/'(websocket_\w+)'/g)).toEqual(expect.arrayContaining(named(/`(websocket_\w+)`/g)))
  expect(serverHas(/'(\/\w+)'/g)).toEqual(expect.arrayContaining(named(/`(\/\w+)`/g)))
  expect(FLAGS).toEqual(expect.arrayContaining(named(/`(--[\w-]+)`/g)))
})

test('no page is left over', () => {
  const known = [...pages, 'README.md']
  expect(
    globSync('*.md', { cwd: FOLDER })
      .map(file => basename(file))
      .toSorted(),
  ).toEqual(known.toSorted())
})
