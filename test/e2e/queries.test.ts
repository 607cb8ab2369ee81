import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SCENARIOS } from '#catalog'
import { systemClock } from '#core'
import { dashboardFiles, ruleFile } from '#dashboards'
import { type PrometheusClient, prometheusClient, startLoad, startReferenceServer } from '#run'
import { startPrometheus } from '#stack'
import { requireTool } from '../support/require-tool.ts'
import { queriesOf } from '../support/runbooks.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PHASES = { warmup: 5_000, steady: 0, fault: 10_000, recovery: 3_000 }
/** In a drill of seconds a window of minutes would look back before its beginning; on a page they stay. */
const DRILL_WINDOW = '5s'

/** What Grafana fills in: every job, every instance, a rate interval. */
const asGrafana = (expr: string) =>
  expr
    .replaceAll('$job', '.+')
    .replaceAll('$instance', '.+')
    .replaceAll('$__rate_interval', DRILL_WINDOW)
    .replaceAll('[30d]', '[10s]')
const asDrill = (query: string) => query.replaceAll('[5m]', `[${DRILL_WINDOW}]`).replaceAll('[30d]', '[10s]')

interface BoardFile {
  panels: { title: string; targets?: { expr: string }[] }[]
}
const panelQueries = dashboardFiles()
  .filter(({ path }) => path.endsWith('.json'))
  .flatMap(({ content }) =>
    (JSON.parse(content) as BoardFile).panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => [`panel "${title}"`, asGrafana(expr)] as const),
    ),
  )
const runbookQueries = globSync('docs/runbooks/*.md', { cwd: ROOT }).flatMap(page =>
  queriesOf(readFileSync(join(ROOT, page), 'utf8')).map(query => [page, asDrill(query)] as const),
)

const folder = mkdtempSync(join(tmpdir(), 'petrel-queries-'))
const ending: (() => unknown)[] = [() => rmSync(folder, { recursive: true })]
let prometheus: PrometheusClient
/** In the last second of the fault. */
let at: number

/** The incident's server under both of its storms at once, in a real Prometheus. */
beforeAll(async () => {
  const signal = new AbortController().signal
  const k6 = { name: 'k6', path: await requireTool('k6'), version: '2', source: 'PATH' } as const
  const server = await startReferenceServer({ name: 'incident', faults: ['send-in-catch'], signal })
  ending.push(() => server[Symbol.asyncDispose]())
  const rules = join(folder, 'rules.yml')
  writeFileSync(rules, ruleFile('drill'))
  const service = await startPrometheus({
    path: await requireTool('prometheus'),
    folder,
    jobs: [{ job: 'web', target: server.address }],
    ruleFiles: [rules],
    interval: '1s',
    signal,
  })
  ending.push(() => service[Symbol.asyncDispose]())
  prometheus = prometheusClient(service.url, signal)
  const startAt = Date.now() + 2_000
  const loads = await Promise.all(
    SCENARIOS.filter(({ name }) => name === 'wrong-path' || name === 'flapping-client').map(scenario =>
      startLoad({
        scenario,
        targets: [server.url],
        settings: { clients: 4, badClients: 3, phases: PHASES },
        startAt,
        k6,
        folder: mkdtempSync(join(folder, 'k6-')),
        env: process.env,
        clock: systemClock,
        signal,
      }),
    ),
  )
  ending.push(...loads.map(load => () => load[Symbol.asyncDispose]()))
  const results = await Promise.all(loads.map(({ result }) => result))
  for (const { violations } of results) expect(violations).toEqual([])
  at = startAt + PHASES.warmup + PHASES.fault - 1_000
})

afterAll(async () => {
  for (const end of ending.toReversed()) await end()
})

test.each([...panelQueries, ...runbookQueries])('%s has data in a storm: %s', async (_, query) => {
  const series = await prometheus.query(query, at)
  const values = series.flatMap(({ points }) => points.map(([, value]) => value))
  expect(values.filter(Number.isFinite).length, query).toBeGreaterThan(0)
})

test('a query that is broken is caught', async () => {
  await expect(prometheus.query('sum by (job) (rate(ws_handshakes_total[5s])', at)).rejects.toThrow('refused')
  expect(await prometheus.query('rate(ws_gone_total[5s])', at)).toEqual([])
})

test.each([
  'WsHandshakeBudgetBurn',
  'WsWrongPathStorm',
  'WsSessionBudgetBurn',
  'WsFlapping',
  'WsSendAfterClose',
])('%s marks the boards', async alert => {
  expect(
    await prometheus.query(`ALERTS{alertname="${alert}",alertstate="firing",job=~".+"}`, at),
  ).not.toEqual([])
})
