import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ALERTS } from '#catalog'
import type { PrometheusClient, PromSeries } from '#run'
import { firedCell, sampleCell, sampleRun } from '../matrix/sample.ts'
import { probeRunbooks, type RunbookProof } from './probe-runbooks.ts'
import { runbookFindings } from './runbook-findings.ts'
import { asDrill, queriesOf, readRunbooks } from './runbook-queries.ts'

const FOLDER = resolve(import.meta.dirname, '../../../docs/runbooks')
const NAMES = ALERTS.map(({ name }) => name)

const proof = (changes: Partial<RunbookProof> = {}): RunbookProof => ({
  alert: 'WsFlapping',
  query: 'rate(ws_closes_total[5m])',
  askedIn: ['incident'],
  dataIn: ['incident'],
  refused: '',
  ...changes,
})

test('each block of PromQL is a query, once, and no other block is', () => {
  const up = '```promql\nup\n```\n'
  expect(queriesOf(`a\n${up}\`\`\`sh\n./petrel up\n\`\`\`\n${up}\`\`\`promql\nsum(\n  up)\n\`\`\``)).toEqual([
    'up',
    'sum(\n  up)',
  ])
})

test('every runbook has queries', async () => {
  const read = await readRunbooks(FOLDER, NAMES)
  expect(new Set(read.map(({ alert }) => alert))).toEqual(new Set(NAMES))
})

test.each([
  ['count by (job, instance) (up)', 'count by (job, instance) (up{job="a\\"b"})'],
  [
    'topk(5, sum by (reason) (rate(ws_handshakes_total{outcome="refused"}[5m])))',
    'topk(5, sum by (reason) (rate(ws_handshakes_total{job="a\\"b", outcome="refused"}[4s])))',
  ],
  [
    'increase(task_x{reason="ws_y up", le="0.5"}[30d]) / 0.005',
    'increase(task_x{job="a\\"b", reason="ws_y up", le="0.5"}[10s]) / 0.005',
  ],
])('%s is asked of one job alone, within the drill', (query, expected) => {
  expect(asDrill(query, 'a"b')).toBe(expected)
})

test('a runbook is asked in the drills that must fire its alert, unless they proved nothing', async () => {
  const asked: string[] = []
  const prometheus: PrometheusClient = {
    query: async () => [],
    range: async expression => {
      asked.push(expression)
      const series: PromSeries[] = [{ labels: {}, points: [[0, Number.NaN]] }]
      return expression.includes('flapping-client') ? [{ labels: {}, points: [[0, 1]] }] : series
    },
  }
  const cells = [firedCell(), sampleCell({ alert: 'WsDrainStuck' })]
  const drills = [
    sampleRun(cells),
    sampleRun(cells, { drill: 'incident', job: 'incident' }),
    sampleRun(cells, { drill: 'one-loop', job: 'one-loop', problems: ['scrapes lagged'] }),
  ]
  const proofs = await probeRunbooks(prometheus, drills, [
    { alert: 'WsFlapping', query: 'ws_clients' },
    { alert: 'WsDrainStuck', query: 'ws_drain_state' },
  ])
  expect(asked).toEqual(['ws_clients{job="flapping-client"}', 'ws_clients{job="incident"}'])
  expect(proofs.map(({ dataIn }) => dataIn)).toEqual([['flapping-client'], []])
})

test('a query needs data in one of the drills, and a stale page is named with what is wrong', () => {
  expect(runbookFindings([proof(), proof({ askedIn: ['flapping-client'], dataIn: [] })])).toEqual({
    queries: 1,
    stale: [],
  })
  const gone = { query: 'ws_gone', dataIn: [] }
  expect(
    runbookFindings([proof(gone), proof({ ...gone, askedIn: ['mass-drop'] }), proof({ refused: 'no' })]),
  ).toEqual({
    queries: 2,
    stale: [
      'docs/runbooks/WsFlapping.md is stale: `ws_gone` had no data in incident, mass-drop',
      'docs/runbooks/WsFlapping.md is stale: `rate(ws_closes_total[5m])` was refused: no',
    ],
  })
  expect(runbookFindings([])).toEqual({ queries: 0, stale: [] })
})
