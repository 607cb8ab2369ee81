import { dirname, resolve } from 'node:path'
import { EXIT, median, PetrelError, systemClock } from '#core'
import { type BaselineScenario, cleanRuns, MEASURES, machineText, noiseFloorOf, thisMachine } from '#gate'
import { readBaselineFile } from '../baseline-file.ts'
import { readGateConfig } from '../gate-config.ts'
import { fittedSettings, scenarioOf, targetOf } from '../gate-options.ts'
import { playGate } from '../gate-session.ts'
import type { Io } from '../io.ts'
import { pathOption, runsOption, seedOption } from '../options.ts'
import { makeOutFolder, writeKept } from '../out-folder.ts'
import { suggestion } from '../suggest.ts'
import { tableLines } from '../table.ts'
import { defineCommand } from './define.ts'

interface BaselineOptions {
  target?: string
  path?: string
  runs: number
  seed: number
}

const ACTIONS = ['save', 'show'] as const
/** What is played when nothing is named: the control, and the way back of a whole crowd. */
const USUAL = ['healthy', 'mass-drop']

export const baseline = defineCommand<BaselineOptions>({
  name: 'baseline',
  summary: 'Keep the figures of repeated runs, for `petrel gate --baseline` to compare with.',
  example: 'petrel baseline save baseline.json healthy --runs 10 --target http://127.0.0.1:8080',
  define(command) {
    command
      .argument('<action>', ACTIONS.join(' or '))
      .argument('<file>', 'the baseline')
      .argument('[scenarios...]', `what to play (${USUAL.join(' and ')})`)
      .option('--target <url>', 'server to measure; without it the reference server is started for each run')
      .addOption(pathOption())
      .addOption(runsOption(10))
      .addOption(seedOption())
  },
  run(options, [action = '', file = '', ...names], io) {
    if (action === 'show') return show(file, io)
    if (action === 'save') return save(file, names.length > 0 ? names : USUAL, options, io)
    throw new PetrelError('bad_option', `petrel baseline cannot ${action}`, {
      hint: suggestion(action, ACTIONS),
    })
  },
})

async function save(file: string, names: readonly string[], options: BaselineOptions, io: Io) {
  const scenarios = names.map(scenarioOf)
  const { gate, thresholds } = await readGateConfig(undefined, io)
  const target = targetOf(options, gate)
  const settings = fittedSettings('smoke', scenarios, gate)
  const path = resolve(io.cwd, file)
  await makeOutFolder(dirname(path))
  const result = await playGate(
    {
      suite: 'baseline',
      scenarios,
      repeat: options.runs,
      settings: scenario => ({ ...settings(scenario), seed: options.seed }),
      thresholds,
      ...(target === undefined ? {} : { target }),
    },
    io,
  )
  io.signal.throwIfAborted()
  const kept = scenarios.map((scenario): BaselineScenario => {
    const { taskMs = 0, phases = {} } = settings(scenario)
    const runs = cleanRuns(result.runs.filter(run => run.scenario === scenario.name))
    return { scenario: scenario.name, settings: { taskMs, phases }, runs }
  })
  const empty = kept.filter(({ runs }) => runs.length === 0)
  if (empty.length > 0) {
    throw new PetrelError(
      'baseline_empty',
      `no run of ${empty.map(({ scenario }) => scenario).join(', ')} held`,
      {
        hint: 'petrel gate says why; only runs that hold are a measure of speed',
      },
    )
  }
  const content = {
    schema: 'petrel.baseline/1',
    createdAt: new Date(systemClock.wall()).toISOString(),
    machine: thisMachine(),
    k6: result.environment.k6,
    target: result.target,
    scenarios: kept,
  }
  await writeKept(path, `${JSON.stringify(content, null, 2)}\n`)
  return show(file, io)
}

async function show(file: string, io: Io) {
  const { createdAt, machine, target, k6, scenarios } = await readBaselineFile(file, io)
  const rows = scenarios.flatMap(({ scenario, runs }) =>
    MEASURES.flatMap(({ name, title }) => {
      const values = runs.flatMap(run => (run[name] === undefined ? [] : [run[name]]))
      if (values.length === 0) return []
      const floor = noiseFloorOf(values)
      return [
        [
          scenario,
          title,
          String(values.length),
          `${median(values).toFixed(1)} ms`,
          `${(floor * 100).toFixed(1)} %`,
        ],
      ]
    }),
  )
  io.out(`${createdAt} against ${target}, k6 ${k6}, ${machineText(machine)}\n\n`)
  io.out(`${tableLines([['scenario', 'measure', 'runs', 'median', 'noise floor'], ...rows]).join('\n')}\n`)
  return EXIT.held
}
