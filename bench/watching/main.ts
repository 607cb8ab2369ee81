import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { parseDuration, systemClock, withScope } from '#core'
import { panelQueries, ruleFile } from '#dashboards'
import { fillIn } from '#prove'
import { startReferenceServer } from '#run'
import { SPARSE_EVERY } from '#slo'
import { findTools, startPrometheus, temporaryFolder, toolCache } from '#stack'
import { PROJECT } from '../../src/cli/project.ts'
import { describeMachine } from '../lib/machine.ts'
import { queryCosts, ruleCosts } from './measure.ts'
import { budgetsOf, held, tables, type WatchingCost, watchingPage } from './page.ts'
import { seriesOf, writeInstances, writeRecorded } from './synthetic.ts'

/**
 * What rules and boards cost a Prometheus that watches ten servers: six hours of what a server tells, and a month of
 * what the rules recorded of it, made up and written as blocks.
 */
const INSTANCES = 10
const JOB = 'progress'
const HOURS = 6
const DAYS = 30
const SCRAPE_SECONDS = 15
const CYCLES = 5
/** Between two evaluations: what one costs does not depend on it. */
const EVERY = '5s'

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const interrupt = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort())
const { signal } = interrupt
const report = (line: string) => void process.stderr.write(`${line}\n`)

const cost = await withScope(async (scope): Promise<WatchingCost> => {
  const folder = scope.use(await temporaryFolder('watching')).path
  const tools = await findTools(['prometheus', 'promtool'], {
    env: process.env,
    cache: toolCache(process.env, PROJECT),
    report,
    signal,
  })
  const rules = ruleFile('production')
  const queries = panelQueries()
  const words = new Set([rules, ...queries.map(({ expr }) => expr)].join('\n').match(/[\w:]+/g))
  const server = scope.use(await startReferenceServer({ name: 'the server', signal }))
  const page = await (await fetch(`${server.url}/metrics`, { signal })).text()
  await server[Symbol.asyncDispose]()
  const series = seriesOf(page, name => words.has(name))
  const dataFolder = join(folder, 'prometheus-data')
  const options = { promtool: tools.promtool.path, folder, dataFolder, signal }
  // Nothing may lie ahead: Prometheus records nothing that is older than what it has.
  const now = () => Math.floor(systemClock.wall() / 1_000)
  const step = SCRAPE_SECONDS
  const recorded = [...words].filter(word => /^job:/.test(word))
  const sparse = recorded.filter(name => name.includes('_sparse_'))
  report(`writing ${DAYS} d of ${sparse.length} recorded series, ${HOURS} h of ${recorded.length}`)
  const month = { from: now() - DAYS * 86_400, to: now(), step: parseDuration(SPARSE_EVERY) / 1_000 }
  await writeRecorded(sparse, JOB, month, options)
  const hours = { from: now() - HOURS * 3_600, to: now(), step }
  await writeRecorded(
    recorded.filter(name => !sparse.includes(name)),
    JOB,
    hours,
    options,
  )
  report(`writing ${HOURS} h of ${INSTANCES} servers with ${series.length} series each`)
  const to = now()
  await writeInstances(series, JOB, INSTANCES, { from: to - HOURS * 3_600, to, step }, options)
  const file = join(folder, 'petrel.production.yml')
  // What is evaluated now and then costs the same at each evaluation.
  writeFileSync(file, rules.replaceAll(`interval: ${SPARSE_EVERY}`, `interval: ${EVERY}`))
  const prometheus = scope.use(
    await startPrometheus({
      path: tools.prometheus.path,
      folder,
      jobs: [],
      ruleFiles: [file],
      interval: EVERY,
      flags: ['--storage.tsdb.retention.time=90d'],
      signal,
    }),
  )
  report('watching it evaluate the rules')
  const groups = await ruleCosts(prometheus.url, CYCLES, signal)
  report(`asking ${queries.length} queries`)
  const fill = (expr: string, rateInterval: string) => fillIn(expr, { rateInterval })
  return {
    machine: describeMachine(),
    prometheus: tools.prometheus.version,
    date: new Date(systemClock.wall()).toISOString(),
    instances: INSTANCES,
    seriesOfOne: series.length,
    groups,
    sparse: { groups: sparseGroups(rules), share: SCRAPE_SECONDS / (parseDuration(SPARSE_EVERY) / 1_000) },
    queries: await queryCosts(prometheus.url, to, fill, signal),
    boards: queries,
  }
})
/** Groups with an interval of their own. */
function sparseGroups(rules: string): string[] {
  const { groups } = parse(rules) as { groups: { name: string; interval?: string }[] }
  return groups.filter(({ interval }) => interval !== undefined).map(({ name }) => name)
}

process.stdout.write(`${tables(cost)}\n`)
if (values.write) {
  const page = join(PROJECT, 'docs', 'explanation', 'cost-of-watching.md')
  writeFileSync(page, watchingPage(readFileSync(page, 'utf8'), cost))
}
process.exitCode = budgetsOf(cost).every(held) ? 0 : 1
