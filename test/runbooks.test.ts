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

const FOLDER = resolve(import.meta.dirname, '..', 'docs', 'runbooks')
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

const SUFFIX = /_(bucket|count|sum)$/

test.each([...pages, 'README.md'])('%s: its queries read metrics and labels that exist', page => {
  const metrics = Object.values(METRICS) as readonly unknown[] as readonly Metric[]
  const queries = queriesOf(read(page))
  expect(queries.length).toBeGreaterThan(1)
  for (const query of queries) {
    const selectors = [...query.matchAll(/\b(ws_\w+|task_\w+)(?:\{([^}]*)\})?/g)]
    const others = [...query.matchAll(/\b(?:nodejs|process)_\w+|\bup\b/g)].map(([name]) => name)
    expect(selectors.length + others.length, query).toBeGreaterThan(0)
    expect(['up', ...RUNTIME_METRICS.map(({ name }) => name)]).toEqual(expect.arrayContaining(others))
    for (const [, name = '', labels = ''] of selectors) {
      const metric = metrics.find(one => one.name === name || one.name === name.replace(SUFFIX, ''))
      if (!metric) throw new Error(`${page}: there is no metric ${name}`)
      for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
        const values =
          label === 'le'
            ? metric.buckets?.map(String)
            : metric.tuples.map(tuple => (tuple as Record<string, string>)[label])
        expect(values, `${name}{${label}}`).toContain(value)
      }
    }
  }
})

test.each(pages)('%s: the commands of its replay are commands that exist', page => {
  const commands = commandsOf(read(page).split('\n## Replay\n')[1] ?? '')
  expect(commands.length).toBeGreaterThan(0)
  for (const [name, ...rest] of commands) {
    const command = COMMANDS.find(one => one.name === name)
    if (!command) throw new Error(`there is no command ${name}`)
    const { operands, unknown } = toCommander(command).parseOptions(rest)
    expect(unknown).toEqual([])
    if (name === 'load') expect(SCENARIOS.map(one => one.name)).toContain(operands[0])
  }
})

test('a page that names a metric that is gone, or a command that does not parse, is caught', () => {
  expect(queriesOf('```promql\nrate(ws_gone_total[5m])\n```')).toEqual(['rate(ws_gone_total[5m])'])
  expect(commandsOf('```sh\n./petrel laod flapping\n```')).toEqual([['laod', 'flapping']])
})

test('no page is left over', () => {
  const known = [...pages, 'README.md']
  expect(
    globSync('*.md', { cwd: FOLDER })
      .map(file => basename(file))
      .toSorted(),
  ).toEqual(known.toSorted())
})
