import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOAD_METRICS, SCENARIOS } from '#catalog'
import { systemClock } from '#core'
import { panelQueries, ruleFile } from '#dashboards'
import { fillIn, proofMetrics, queriesOf } from '#prove'
import { type PrometheusClient, prometheusClient, startLoad, startReferenceServer } from '#run'
import { startPrometheus } from '#stack'
import { requireTool } from '../support/require-tool.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const STORMS: readonly string[] = ['wrong-path', 'flapping-client', 'mass-drop']
const PHASES = { warmup: 5_000, steady: 0, fault: 10_000, recovery: 3_000 }
/** In a drill of seconds a window of minutes would look back before its beginning; on a page they stay. */
const DRILL_WINDOW = '5s'

const asDrill = (query: string) => query.replaceAll('[5m]', `[${DRILL_WINDOW}]`).replaceAll('[30d]', '[10s]')

const boardQueries = panelQueries().map(
  ({ panel, expr }) => [`panel "${panel}"`, fillIn(expr, { rateInterval: DRILL_WINDOW })] as const,
)
const runbookQueries = globSync('docs/runbooks/*.md', { cwd: ROOT }).flatMap(page =>
  queriesOf(readFileSync(join(ROOT, page), 'utf8')).map(query => [page, asDrill(query)] as const),
)

const folder = mkdtempSync(join(tmpdir(), 'petrel-queries-'))
const ending: (() => unknown)[] = [() => rmSync(folder, { recursive: true })]
let prometheus: PrometheusClient
/** In the last second of the fault. */
let at: number
/** When those who lost their socket at its start are back. */
let backAt: number

/**
 * What a load run says of itself, when somebody writes it to Prometheus, and the file that a proof leaves: of these
 * the boards show that the queries are right, not that the figures are.
 */
async function serveToolMetrics(): Promise<string> {
  const began = Date.now()
  const figures = { measured: 4, predicted: 4, allowed: 30 }
  const proof = proofMetrics({
    suite: 'full',
    runs: [],
    alerts: [
      {
        ...{ alert: 'WsFlapping', severity: 'critical', firedIn: ['incident'], silentCells: 3 },
        ...{ provenAt: began, detect: figures, resolve: figures, verdict: 'held' },
      },
    ],
  })
  const server = createServer((_, response) => {
    const grown = (Date.now() - began) / 100
    const load = Object.values(LOAD_METRICS).map(name => `${name}{phase="fault"} ${grown}`)
    response.setHeader('Content-Type', 'text/plain; version=0.0.4')
    response.end(`${load.join('\n')}\n${proof}`)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  ending.push(() => new Promise(resolve => server.close(resolve)))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The incident's server under three storms at once, in a real Prometheus. */
beforeAll(async () => {
  const signal = new AbortController().signal
  const k6 = { name: 'k6', path: await requireTool('k6'), version: '2', source: 'PATH' } as const
  const server = await startReferenceServer({
    name: 'incident',
    faults: ['send-in-catch'],
    flags: ['--heartbeat', '1s'],
    signal,
  })
  ending.push(() => server[Symbol.asyncDispose]())
  const rules = join(folder, 'rules.yml')
  writeFileSync(rules, ruleFile('drill'))
  const service = await startPrometheus({
    path: await requireTool('prometheus'),
    folder,
    jobs: [
      { job: 'web', target: server.address },
      { job: 'tools', target: await serveToolMetrics() },
    ],
    ruleFiles: [rules],
    interval: '1s',
    signal,
  })
  ending.push(() => service[Symbol.asyncDispose]())
  prometheus = prometheusClient(service.url, signal)
  const startAt = Date.now() + 2_000
  const loads = await Promise.all(
    SCENARIOS.filter(({ name }) => STORMS.includes(name)).map(scenario =>
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
  backAt = startAt + PHASES.warmup + 4_000
})

afterAll(async () => {
  for (const end of ending.toReversed()) await end()
})

test.each([...boardQueries, ...runbookQueries])('%s has data in a storm: %s', async (_, query) => {
  const series = [...(await prometheus.query(query, at)), ...(await prometheus.query(query, backAt))]
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
