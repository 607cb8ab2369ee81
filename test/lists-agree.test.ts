import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import {
  ALERTS,
  DRILLS,
  drillsOf,
  drillsThatFire,
  ERROR_CODES,
  FAULT_MATCHES,
  FAULTS,
  type Fault,
  METRICS,
  PROCESS_METRICS,
  RENAMES,
  RUNTIME_METRICS,
  SCENARIOS,
  STREAM_FAULTS,
  UNMATCHED_FAULTS,
} from '#catalog'
import { BEHAVIOURS, POLICIES } from '#client'
import { effectiveThresholds, JOINED } from '#gate'
import { SERVER_FAULTS } from '../server/faults/index.ts'
import { COMMANDS } from '../src/cli/commands/index.ts'

const root = resolve(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const sources = globSync('{src,server,dashboards,chaos}/**/*.ts', { cwd: root }).filter(
  file => !file.endsWith('.test.ts'),
)
/** `WsWrongPathStorm` and `wsWrongPathStorm` → `ws-wrong-path-storm`. */
const kebab = (name: string) => name.replaceAll(/(?<=.)([A-Z])/g, '-$1').toLowerCase()
const membersOf = (folder: string) =>
  globSync(`${folder}/*.ts`, { cwd: root })
    .map(file => file.split('/').at(-1)?.replace('.ts', '') ?? '')
    .filter(name => name !== 'index' && name !== 'define' && !name.endsWith('.test'))
    .toSorted()

test('each metric is one file, and each file a metric of the list', () => {
  expect(membersOf('src/catalog/metrics')).toEqual(
    Object.values(METRICS)
      .map(({ name }) => name.replaceAll('_', '-'))
      .toSorted(),
  )
})

test('what alerts and boards read of a process is among what it has', () => {
  expect(RUNTIME_METRICS.map(({ name }) => name)).toEqual(
    expect.arrayContaining(Object.values(PROCESS_METRICS)),
  )
})

test('each alert is one file', () => {
  expect(membersOf('src/catalog/alerts')).toEqual(ALERTS.map(({ name }) => kebab(name)).toSorted())
})

test('each scenario is one file of the catalogue and one that k6 runs', () => {
  const names = SCENARIOS.map(({ name }) => name).toSorted()
  expect(membersOf('src/catalog/scenarios')).toEqual(names)
  expect(membersOf('loadtests/scenarios')).toEqual(names)
})

test('each fault is one file of the catalogue, one of the server with its test, and one page', () => {
  const faults: readonly Fault<never>[] = Object.values(FAULTS)
  const names = faults.map(({ name }) => name)
  expect(SERVER_FAULTS.map(({ fault }) => fault.name)).toEqual(names)
  expect(membersOf('src/catalog/faults')).toEqual(names.toSorted())
  expect(membersOf('server/faults')).toEqual(names.toSorted())
  for (const { name, variants, moves } of faults) {
    const test = read(`server/faults/${name}.integration.test.ts`)
    expect(Object.keys(variants)).not.toContain('off')
    expect(read('docs/reference/faults/README.md')).toContain(`(${name}.md)`)
    // The metric that a page names is the one that the test reads, over the wire.
    for (const { metric } of moves) expect([name, test]).toEqual([name, expect.stringContaining(metric.name)])
  }
})

test('each scenario has a behaviour that exists, and a drill that plays it', () => {
  for (const { name, behaviour } of SCENARIOS) {
    expect(BEHAVIOURS.map(one => one.name)).toContain(behaviour)
    expect(drillsOf(name).length, name).toBeGreaterThan(0)
  }
  expect(new Set(POLICIES.map(({ name }) => name)).size).toBe(POLICIES.length)
})

test('each scenario has a bug that it finds by a check that exists, and no switch is forgotten', () => {
  const thresholds = effectiveThresholds()
  const switches: readonly Fault<never>[] = Object.values(FAULTS)
  for (const { scenario, fault, variant, check } of FAULT_MATCHES) {
    const found = switches.find(({ name }) => name === fault)
    expect([fault, Object.keys(found?.variants ?? {})]).toEqual([fault, expect.arrayContaining([variant])])
    const own = (thresholds.get(scenario) ?? []).map(({ phase, name }) => `${phase}/${name}`)
    const ofLoad = STREAM_FAULTS.map(cause => `load/stream-errors-${cause.replaceAll('_', '-')}`)
    const known = [...own, ...Object.keys(JOINED), ...ofLoad, 'load/never-came-back', 'load/silent-peers']
    expect(known, scenario).toContain(check)
  }
  expect(new Set(FAULT_MATCHES.map(({ scenario }) => scenario))).toEqual(
    new Set(SCENARIOS.map(({ name }) => name)),
  )
  const told = [...new Set(FAULT_MATCHES.map(({ fault }) => fault)), ...Object.keys(UNMATCHED_FAULTS)]
  expect(told.toSorted()).toEqual(switches.map(({ name }) => name).toSorted())
  for (const why of Object.values(UNMATCHED_FAULTS)) expect(why.length).toBeGreaterThan(40)
})

test('each drill is one file; what it names exists; why nobody cares is told', () => {
  expect(membersOf('src/catalog/drills')).toEqual(DRILLS.map(({ name }) => name).toSorted())
  expect(read('README.md')).toContain(`one of ${DRILLS.length} [drills]`)
  expect(read('CHANGELOG.md')).toContain(`the matrix of ${DRILLS.length} drills`)
  for (const { name, scenario, fires, mayFire = [], servers = {}, disturbance } of DRILLS) {
    expect(SCENARIOS.map(one => one.name)).toContain(scenario)
    const named = [...fires, ...mayFire]
    for (const { alert } of named) expect(ALERTS.map(one => one.name)).toContain(alert)
    expect(new Set(named.map(({ alert, severity }) => `${alert} ${severity}`)).size, name).toBe(named.length)
    for (const { reason } of mayFire) expect(reason.length).toBeGreaterThan(20)
    const variants = Object.fromEntries(
      (Object.values(FAULTS) as readonly Fault<never>[]).map(fault => [
        fault.name,
        Object.keys(fault.variants),
      ]),
    )
    for (const fault of servers.faults ?? []) expect(Object.keys(variants)).toContain(fault)
    if (disturbance?.kind === 'switch-fault')
      expect(variants[disturbance.fault]).toContain(disturbance.variant)
    const needsRedis = (servers.count ?? 1) > 1 || /redis|subscribers/.test(disturbance?.kind ?? '')
    if (needsRedis) expect(servers.redis, name).toBe(true)
  }
})

test('what a rename announces is there, and what it replaces is gone', () => {
  const rules = read('dashboards/out/rules/petrel.production.yml')
  for (const { from, to } of RENAMES) {
    expect(rules).toMatch(new RegExp(`\\b${to}\\b`))
    expect(rules).not.toMatch(new RegExp(`[: ]${from}$`, 'm'))
  }
})

test('each alert is fired by a drill, in CI too, and each page says by which', () => {
  const page = read('docs/reference/alerts.md')
  for (const { name } of ALERTS) {
    expect(
      drillsThatFire(name).some(({ inCi }) => inCi),
      name,
    ).toBe(true)
    for (const drill of drillsThatFire(name)) expect(page).toContain(`[\`${drill.name}\`](drills.md)`)
    expect(read('docs/reference/proof.md')).toContain(`](../runbooks/${name}.md)`)
  }
})

test('each command is one file, and the README shows how it is called', () => {
  expect(membersOf('src/cli/commands')).toEqual(COMMANDS.map(({ name }) => name).toSorted())
  for (const { name } of COMMANDS) expect(read('README.md')).toContain(`./petrel ${name}`)
})

test('each error code that a source raises is in the catalogue, and none of the catalogue is forgotten', () => {
  const texts = sources.filter(file => file !== 'src/catalog/codes/errors.ts').map(read)
  const raised = texts.flatMap(text =>
    [...text.matchAll(/new PetrelError\(\s*'(\w+)'/g)].map(([, code]) => code),
  )
  expect(Object.keys(ERROR_CODES)).toEqual(expect.arrayContaining(raised))
  const forgotten = Object.keys(ERROR_CODES).filter(code => !texts.some(text => text.includes(`'${code}'`)))
  expect(forgotten).toEqual([])
})

test('each dependency has its line among the decisions', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
    string,
    Record<string, string>
  >
  const page = read('docs/adr/0006-dependencies.md')
  for (const name of Object.keys({ ...dependencies, ...devDependencies }))
    expect(page).toContain(`\`${name}\``)
})

test('each decision is in its list, and each link between pages leads somewhere', () => {
  const index = read('docs/adr/README.md')
  for (const file of globSync('docs/adr/0*.md', { cwd: root }))
    expect(index).toContain(file.split('/').at(-1))
  const broken: string[] = []
  for (const page of ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })]) {
    for (const [, link = ''] of read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      if (!existsSync(resolve(root, page, '..', link))) broken.push(`${page} → ${link}`)
    }
  }
  expect(broken).toEqual([])
})
