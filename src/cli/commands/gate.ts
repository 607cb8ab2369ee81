import { resolve } from 'node:path'
import { PetrelError, systemClock, withScope } from '#core'
import { type Baseline, consoleLines, mustBeOf, runGate, SUITES, scenariosOf, thisMachine } from '#gate'
import type { LoadSettings } from '#run'
import { temporaryFolder } from '#stack'
import { readBaselineFile } from '../baseline-file.ts'
import { readGateConfig } from '../gate-config.ts'
import { fittedSettings, scenarioOf, suiteOf, targetOf } from '../gate-options.ts'
import { writeReports } from '../gate-reports.ts'
import type { Io } from '../io.ts'
import { wholeNumber } from '../options.ts'
import { makeOutFolder } from '../out-folder.ts'
import { progressReport, verdictText } from '../progress.ts'
import { projectTools } from '../project.ts'
import { defineCommand } from './define.ts'

interface GateCommandOptions {
  target?: string
  path?: string
  metrics?: string
  suite: string
  config?: string
  clients?: number
  seed: number
  segments: number
  baseline?: string
  runs: number
  effect: number
  out?: string
  json?: true
}

const MOST_CLIENTS = 20_000
const MOST_RUNS = 100
const MOST_SEGMENTS = 16

export const gate = defineCommand<GateCommandOptions>({
  name: 'gate',
  summary: 'Drive a stream server with crowds, listen at both ends of the wire, and give a verdict.',
  example: 'petrel gate --suite smoke --target http://127.0.0.1:8080 --metrics http://127.0.0.1:8080/metrics',
  define(command) {
    command
      .argument('[scenarios...]', 'scenarios to play instead of the whole suite')
      .option(
        '--target <url>',
        'server to judge; without it the reference server is started for each scenario',
      )
      .option('--path <template>', 'path of its stream where it is not ours, as /ws/{taskId}')
      .option('--metrics <url>', 'its metrics page; without it only the end of the clients is judged')
      .option('--suite <name>', `${SUITES.join(' or ')}: what is played and how long`, 'smoke')
      .option('--config <file>', 'thresholds of your own (default: petrel.yaml, when there is one)')
      .option('--clients <number>', 'clients in each crowd', wholeNumber('--clients', 1, MOST_CLIENTS))
      .option(
        '--segments <number>',
        'k6 processes that share each crowd',
        wholeNumber('--segments', 1, MOST_SEGMENTS),
        1,
      )
      .option('--seed <number>', 'equal seeds give equal crowds', wholeNumber('--seed', 0, 2 ** 31), 1)
      .option(
        '--baseline <file>',
        'compare with the runs that petrel baseline save kept; plays its scenarios',
      )
      .option('--runs <number>', 'runs of each scenario', wholeNumber('--runs', 1, MOST_RUNS), 1)
      .option(
        '--effect <percent>',
        'slowdown against the baseline that must not go unseen',
        wholeNumber('--effect', 1, 1_000),
        10,
      )
      .option('--out <folder>', 'write result.json, junit.xml, summary.md and report.html there')
      .option('--json', 'print the result as JSON')
  },
  async run(options, names, io) {
    const suite = suiteOf(options.suite)
    const base =
      options.baseline === undefined ? undefined : await fitBaseline(options.baseline, names, options, io)
    const named = base && names.length === 0 ? base.scenarios.map(({ scenario }) => scenario) : names
    const scenarios = named.length > 0 ? named.map(scenarioOf) : scenariosOf(suite)
    const target = targetOf(options)
    const out = options.out === undefined ? undefined : resolve(io.cwd, options.out)
    if (out !== undefined) await makeOutFolder(out)
    const thresholds = await readGateConfig(options.config, io)
    return withScope(async scope => {
      const report = progressReport(io)
      const { k6 } = await projectTools(['k6'], io, report)
      const folder = scope.use(await temporaryFolder('gate')).path
      const result = await runGate({
        suite: named.length > 0 ? named.join(', ') : suite,
        scenarios,
        repeat: options.runs,
        ...(base === undefined
          ? {}
          : { baseline: { file: options.baseline ?? '', content: base, effect: options.effect / 100 } }),
        settings: scenario => ({
          ...fittedSettings(suite, scenarios.length)(scenario),
          ...asKept(base, scenario.name),
          ...(options.clients === undefined ? {} : { clients: options.clients }),
          seed: options.seed,
          segments: options.segments,
        }),
        thresholds: ({ name }) => thresholds.get(name) ?? [],
        ...(target === undefined ? {} : { target }),
        k6,
        folder,
        env: io.env,
        clock: systemClock,
        report,
        signal: io.signal,
      })
      if (options.json) io.out(`${JSON.stringify(result, null, 2)}\n`)
      else io.out(`${consoleLines(result, verdict => verdictText(io, verdict)).join('\n')}\n`)
      return writeReports(result, out, io)
    })
  },
})

/** @throws PetrelError when the baseline is of another machine, or has not what was asked for. */
async function fitBaseline(
  file: string,
  names: readonly string[],
  { clients }: GateCommandOptions,
  io: Io,
): Promise<Baseline> {
  const baseline = await readBaselineFile(file, io)
  mustBeOf(thisMachine(), baseline, file)
  const kept = baseline.scenarios.map(({ scenario }) => scenario)
  const other = names.find(name => !kept.includes(name))
  if (other !== undefined) {
    throw new PetrelError('baseline_unfit', `${file} has no runs of ${other}`, {
      hint: `it has: ${kept.join(', ')}`,
    })
  }
  if (clients !== undefined) {
    throw new PetrelError('bad_option', '--clients beside --baseline', {
      hint: 'crowds of another size are no comparison; leave it away',
    })
  }
  return baseline
}

/** Played as the baseline was. */
function asKept(baseline: Baseline | undefined, name: string): LoadSettings {
  const settings = baseline?.scenarios.find(({ scenario }) => scenario === name)?.settings
  return settings === undefined ? {} : { taskMs: settings.taskMs, phases: settings.phases }
}
