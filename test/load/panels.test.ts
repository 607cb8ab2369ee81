import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOAD_METRICS, SCENARIOS } from '#catalog'
import { systemClock } from '#core'
import { type PanelQuery, panelQueries, ruleFile } from '#dashboards'
import { deadPanels, type PanelProof, panelFindings, probePanels, type ReplaySpec, runReplays } from '#prove'
import { requireTool } from '../support/require-tool.ts'

const PHASES = { warmup: 6_000, steady: 0, fault: 10_000, recovery: 8_000 }

/** Panels that nobody could read anything from. */
const PLANTED: readonly PanelQuery[] = [
  {
    board: 'overview',
    panel: 'of a metric that is gone',
    refId: 'A',
    expr: 'sum(rate(ws_gone_total{job=~"$job"}[$__rate_interval]))',
  },
  { board: 'overview', panel: 'that stands still', refId: 'A', expr: '0 * up{job=~"$job"}' },
  { board: 'overview', panel: 'with a broken query', refId: 'A', expr: 'sum(rate(up{job=~"$job"}))' },
]

const folder = mkdtempSync(join(tmpdir(), 'petrel-panels-'))
let proofs: PanelProof[]

const specs: ReplaySpec[] = (['wrong-path', 'flapping-client', 'mass-drop'] as const).map(name => {
  const scenario = SCENARIOS.find(one => one.name === name)
  if (!scenario) throw new TypeError(`there is no scenario ${name}`)
  const settings = { clients: 4, badClients: 3, phases: PHASES }
  return { job: name, scenario, settings, faults: ['send-in-catch'], expectations: [], writesLoad: true }
})

beforeAll(async () => {
  const found = async (name: 'k6' | 'prometheus' | 'alertmanager') =>
    ({ name, path: await requireTool(name), version: '', source: 'PATH' }) as const
  const tools = {
    k6: await found('k6'),
    prometheus: await found('prometheus'),
    alertmanager: await found('alertmanager'),
  }
  const rules = join(folder, 'rules.yml')
  writeFileSync(rules, ruleFile('drill'))
  await runReplays(specs, {
    tools,
    folder,
    ruleFile: rules,
    env: process.env,
    clock: systemClock,
    report: line => process.stderr.write(`${line}\n`),
    signal: new AbortController().signal,
    alsoRead: async (prometheus, outcomes) => {
      const runs = outcomes.map(({ spec, phases }) => ({
        job: spec.job,
        span: { from: phases.warmup.from, to: phases.recovery.to },
      }))
      proofs = await probePanels(prometheus, runs, [...panelQueries(), ...PLANTED])
    },
  })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a dead panel is named, with what is wrong with it', () => {
  const findings = panelFindings(proofs).filter(finding =>
    PLANTED.some(({ panel }) => finding.includes(`"${panel}"`)),
  )
  expect(findings).toEqual([
    expect.stringMatching(
      /^panel "of a metric that is gone" of overview is dead: query A had no data in any run/,
    ),
    expect.stringMatching(
      /^panel "that stands still" of overview is dead: query A had data in .* and never moved/,
    ),
    expect.stringMatching(
      /^panel "with a broken query" of overview is dead: query A was refused: .*range vector/,
    ),
  ])
})

test('no query of a board is refused', () => {
  expect(proofs.filter(({ refused, panel }) => refused && !PLANTED.some(one => one.panel === panel))).toEqual(
    [],
  )
})

test('what such storms must show moves, at both ends of the wire', () => {
  const dead = deadPanels(proofs).map(({ panel }) => panel)
  const loud = [
    'Session success',
    'Handshake success',
    'Handshakes by outcome',
    'Wrong paths',
    'Near misses',
    'Short-lived sessions',
    'Sends after close',
    'Closes',
    'Connections',
    'Clients by state',
    'Opens, first and again',
    'Resumes by result',
    'Subscribers',
    'Published events',
    'Ends of tasks',
    'CPU',
    'Attempts and handshakes',
    'Accepted at both ends',
    'Usable and good sessions',
    'Connect, 99th percentile at the client',
    'First message, 99th percentile at the client',
    'Lateness of the generator',
    'Reconnects and open connections',
  ]
  expect(loud.filter(panel => !proofs.some(proof => proof.panel === panel))).toEqual([])
  expect(dead.filter(panel => loud.includes(panel))).toEqual([])
})

test('k6 wrote every metric that the boards read by the name that they read it by', () => {
  const missing = Object.values(LOAD_METRICS).filter(
    name => !proofs.some(({ expr, dataIn }) => expr.includes(name) && dataIn.length > 0),
  )
  expect(missing).toEqual([])
})
