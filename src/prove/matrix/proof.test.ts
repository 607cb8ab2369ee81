import { expect, test } from 'vitest'
import { EXIT } from '#core'
import { batchesOf } from './batches.ts'
import { proofMetrics } from './exposition.ts'
import { assemble } from './proof.ts'
import { proofResultSchema } from './result.ts'
import { firedCell, SAMPLE_ABOUT, sampleCell, sampleRun } from './sample.ts'
import { alertProofs, scoresOf } from './score.ts'
import { matrixOf } from './symbols.ts'

const missed = firedCell({ observed: 'silent', verdict: 'did_not_hold', note: 'it did not fire' })
const stray = sampleCell({ observed: 'fired', falsePositives: 1, verdict: 'did_not_hold', note: 'it fired' })
const lagged = { problems: ['scrapes lagged by 2.1 s'] }
const unproven = (cell: ReturnType<typeof sampleCell>) => ({ ...cell, verdict: 'not_proven' }) as const

test('all as it had to be: held, precision and recall of 1, and the result fits its schema', () => {
  const result = assemble([sampleRun([firedCell(), sampleCell({ alert: 'WsDrainStuck' })])], SAMPLE_ABOUT)
  expect(proofResultSchema.parse(result)).toMatchObject({
    verdict: 'held',
    exitCode: EXIT.held,
    failures: [],
  })
  expect(result.scores[0]).toMatchObject({ truePositives: 1, trueNegatives: 1, precision: 1, recall: 1 })
})

test('a clean violation beats what is not proven, and only what is clean may fail', () => {
  const broken = sampleRun([missed])
  const late = sampleRun([unproven(missed)], { ...lagged, drill: 'incident' })
  expect(assemble([broken, late], SAMPLE_ABOUT)).toMatchObject({
    verdict: 'did_not_hold',
    exitCode: EXIT.didNotHold,
    failures: [
      'flapping-client: WsFlapping (critical): it did not fire',
      'incident: not proven: scrapes lagged by 2.1 s',
    ],
  })
  expect(assemble([late], SAMPLE_ABOUT)).toMatchObject({ verdict: 'not_proven', exitCode: EXIT.notProven })
})

test('a metric that is gone, and a dead panel of the full suite, are failures that name it', () => {
  const violations = ['the server has no metric ws_sessions_total, which WsFlapping read']
  const panels = {
    queries: 2,
    still: [],
    dead: ['panel "Drain" of sessions is dead: query A had no data in any run'],
  }
  const run = sampleRun([firedCell()], { violations })
  expect(assemble([run], { ...SAMPLE_ABOUT, panels }).failures).toEqual([`flapping-client: ${violations[0]}`])
  const full = assemble([run], { ...SAMPLE_ABOUT, panels, suite: 'full' })
  expect(full.failures).toEqual([`flapping-client: ${violations[0]}`, panels.dead[0]])
})

test('a stale runbook is a failure that names it, whatever was played', () => {
  const stale = ['docs/runbooks/WsFlapping.md is stale: `ws_gone` had no data in incident']
  const result = assemble([sampleRun([firedCell()])], { ...SAMPLE_ABOUT, runbooks: { queries: 4, stale } })
  expect(result).toMatchObject({ verdict: 'did_not_hold', failures: stale })
})

test('scores: overall and for each severity, without what is not proven or not cared about', () => {
  const runs = [
    sampleRun([
      firedCell(),
      missed,
      stray,
      sampleCell(),
      sampleCell({ expected: 'either', observed: 'fired' }),
      firedCell({ severity: 'warning' }),
      unproven(missed),
    ]),
  ]
  const [all, critical, warning] = scoresOf(runs)
  expect(all).toMatchObject({
    truePositives: 2,
    falsePositives: 1,
    falseNegatives: 1,
    trueNegatives: 1,
    notCared: 1,
    notProven: 1,
    precision: 2 / 3,
    recall: 2 / 3,
  })
  expect(critical).toMatchObject({ truePositives: 1, precision: 0.5, recall: 0.5 })
  expect(warning).toMatchObject({ precision: 1, recall: 1, falsePositives: 0 })
  expect(scoresOf([])[0]).toMatchObject({ precision: null, recall: null })
})

test('an alert is as slow as its slowest drill; one failure speaks against it, silence alone proves nothing', () => {
  const slower = firedCell({ detect: { measured: 9, predicted: 8, allowed: 30 } })
  const proofOf = (...runs: Parameters<typeof alertProofs>[0]) =>
    alertProofs(runs).find(({ alert }) => alert === 'WsFlapping')
  const fast = sampleRun([firedCell()])
  const slow = sampleRun([slower], { drill: 'incident', recoveryTo: 200_000 })
  expect(proofOf(fast, slow)).toMatchObject({
    firedIn: ['flapping-client', 'incident'],
    provenAt: 200_000,
    detect: { measured: 9, predicted: 8 },
    verdict: 'held',
  })
  expect(proofOf(fast, sampleRun([stray]))?.verdict).toBe('did_not_hold')
  expect(proofOf(sampleRun([sampleCell()]))).toMatchObject({ silentCells: 1, verdict: 'not_proven' })
})

test('the metrics of the board: a sample for each alert and figure that there is', () => {
  const text = proofMetrics(assemble([sampleRun([firedCell()])], { ...SAMPLE_ABOUT, suite: 'ci' }))
  const labels = 'alert="WsFlapping",severity="critical"'
  expect(text).toContain(`petrel_proof_held{${labels}} 1\n`)
  expect(text).toContain(`petrel_proof_last_proven_timestamp_seconds{${labels}} 165\n`)
  expect(text).toContain(`petrel_proof_detect_seconds{${labels},figure="measured"} 3\n`)
  expect(text).toContain(`petrel_proof_resolve_seconds{${labels},figure="allowed"} 30\n`)
  expect(text).toContain('petrel_proof_held{alert="WsDrainStuck",severity="warning"} 0\n')
  expect(text).not.toMatch(/WsDrainStuck.*measured/)
})

test('a run of chosen drills says nothing of an alert that none of them has to fire, unless it fired', () => {
  const silent = sampleCell({ alert: 'WsDrainStuck', severity: 'warning' })
  const text = proofMetrics(assemble([sampleRun([firedCell(), silent])], SAMPLE_ABOUT))
  expect(text.match(/^petrel_proof_held.*$/gm)).toEqual([
    'petrel_proof_held{alert="WsFlapping",severity="critical"} 1',
  ])
  const fired = { ...stray, alert: 'WsDrainStuck', severity: 'warning' } as const
  expect(proofMetrics(assemble([sampleRun([fired])], SAMPLE_ABOUT))).toContain(
    'petrel_proof_held{alert="WsDrainStuck",severity="warning"} 0\n',
  )
  const lost = unproven(firedCell())
  expect(proofMetrics(assemble([sampleRun([lost], lagged)], SAMPLE_ABOUT))).toContain(
    'petrel_proof_held{alert="WsFlapping",severity="critical"} 0\n',
  )
})

test('the matrix draws each cell by what became of it, and nothing as if it had been seen', () => {
  const [row] = matrixOf([sampleRun([firedCell(), { ...stray, alert: 'WsDrainStuck', severity: 'warning' }])])
  expect(row?.cells.toSorted().join('')).toBe(`!${'?'.repeat(23)}F`)
})

test('batches are dealt out: neighbours apart, none too large', () => {
  expect(batchesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 4], [2, 5], [3]])
  expect(batchesOf([], 2)).toEqual([])
})
