import { resolve } from 'node:path'
import type { Scenario } from '#catalog'
import { PetrelError, parseDuration } from '#core'
import {
  type Baseline,
  consoleLines,
  type GateResult,
  type GateTarget,
  mustBeOf,
  scenariosOf,
  thisMachine,
} from '#gate'
import type { LoadSettings } from '#run'
import { BASELINE_FILE, readBaselineFile } from '../baseline-file.ts'
import { readGateConfig } from '../gate-config.ts'
import { faultCommandOf, fittedSettings, scenarioOf, suiteOf, targetOf } from '../gate-options.ts'
import { writeReports } from '../gate-reports.ts'
import { playGate } from '../gate-session.ts'
import type { Io } from '../io.ts'
import { mustLast } from '../load-plan.ts'
import { clientsOption, pathOption, runsOption, seedOption, wholeNumber } from '../options.ts'
import { makeOutFolder } from '../out-folder.ts'
import { verdictText } from '../progress.ts'
import { readGitHub } from '../pull-request-comment.ts'
import { defineCommand } from './define.ts'

interface GateCommandOptions {
  target?: string
  path?: string
  metrics?: string
  suite: string
  faultCommand?: string
  config?: string
  clients?: number
  fault?: string
  seed: number
  segments: number
  baseline?: string
  baseTarget?: string
  runs: number
  effect?: number
  out?: string
  comment?: true
  json?: true
}

const MOST_SEGMENTS = 16
const EFFECT_PERCENT = 10

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
      .addOption(pathOption())
      .option('--metrics <url>', 'its metrics page; without it only the end of the clients is judged')
      .option(
        '--suite <name>',
        'smoke (90 s), ci (5 min) or full (all scenarios at their own length, 40 min)',
        'smoke',
      )
      .option('--fault-command <command>', 'replaces the servers of the target, for rolling-deploy')
      .option(
        '--config <file>',
        'thresholds and phases of your own (default: petrel.yaml, when there is one)',
      )
      .addOption(clientsOption())
      .option('--fault <duration>', 'length of each fault phase, as for a deployment that takes minutes')
      .option(
        '--segments <number>',
        'k6 processes that share each crowd',
        wholeNumber('--segments', 1, MOST_SEGMENTS),
        1,
      )
      .addOption(seedOption())
      .option(
        '--baseline <file-or-ref>',
        `compare with the runs that petrel baseline save kept, in a file or at a git ref (there in ${BASELINE_FILE}); plays its scenarios`,
      )
      .option(
        '--base-target <url>',
        'another server, as that of the main branch: played in turns with the target and compared with it',
      )
      .addOption(runsOption(1))
      .option(
        '--effect <percent>',
        `slowdown against the baseline that must not go unseen (default: ${EFFECT_PERCENT})`,
        wholeNumber('--effect', 1, 1_000),
      )
      .option('--out <folder>', 'write result.json, junit.xml, summary.md and report.html there')
      .option('--comment', "write the summary on the pull request of the job, over an earlier run's")
      .option('--json', 'print the result as JSON')
  },
  async run(options, named, io) {
    const suite = suiteOf(options.suite)
    const { gate: file, thresholds } = await readGateConfig(options.config, io)
    const target = targetOf(options, file)
    const baseTarget = baseTargetOf(options, target)
    const kept =
      options.baseline === undefined ? undefined : await fitBaseline(options.baseline, named, options, io)
    const ofBaseline = kept?.scenarios.map(({ scenario }) => scenario)
    const names = named.length > 0 ? named : (ofBaseline ?? file.scenarios ?? [])
    const scenarios = names.length > 0 ? names.map(scenarioOf) : scenariosOf(suite)
    const faultCommand = faultCommandOf(options, file, scenarios, target)
    const out = options.out === undefined ? undefined : resolve(io.cwd, options.out)
    if (out !== undefined) await makeOutFolder(out)
    const fault = options.fault === undefined ? {} : { fault: parseDuration(options.fault) }
    const inTime = fittedSettings(suite, scenarios, file)
    const settings = (scenario: Scenario): LoadSettings => ({
      ...inTime(scenario),
      phases: { ...inTime(scenario).phases, ...fault },
      ...asKept(kept, scenario.name),
      ...(options.clients === undefined ? {} : { clients: options.clients }),
      seed: options.seed,
      segments: options.segments,
    })
    for (const scenario of scenarios) mustLast(scenario, settings(scenario))
    const github = options.comment ? readGitHub(io.env) : undefined
    if (options.effect !== undefined && kept === undefined && baseTarget === undefined) {
      throw new PetrelError('bad_option', '--effect has nothing to compare with', {
        hint: 'add --baseline or --base-target, or leave it away',
      })
    }
    const effect = (options.effect ?? EFFECT_PERCENT) / 100
    const tell = (told: GateResult) => {
      // A CI runner takes "##[" for a command of its own wherever it stands; to JSON this is the same text.
      if (options.json) io.out(`${JSON.stringify(told, null, 2).replaceAll('##[', '#\\u0023[')}\n`)
      else io.out(`${consoleLines(told, verdict => verdictText(io, verdict)).join('\n')}\n`)
      return writeReports(told, { out, github }, io)
    }
    const result = await playGate(
      {
        suite: names.length > 0 ? names.join(', ') : suite,
        scenarios,
        repeat: options.runs,
        ...(kept ? { baseline: { file: options.baseline ?? '', content: kept, effect } } : {}),
        ...(baseTarget ? { base: { target: baseTarget, effect } } : {}),
        settings,
        thresholds,
        ...(target === undefined ? {} : { target }),
        ...(faultCommand === undefined ? {} : { faultCommand }),
        whenMissing: tell,
      },
      io,
    )
    return tell(result)
  },
})

/** @throws PetrelError `bad_option` when there is nothing beside it that it could be compared with */
function baseTargetOf(
  { baseTarget, baseline }: GateCommandOptions,
  target: GateTarget | undefined,
): GateTarget | undefined {
  if (baseTarget === undefined) return undefined
  if (baseline !== undefined) {
    throw new PetrelError('bad_option', '--base-target beside --baseline', {
      hint: 'compare with one of them: another server now, or runs of before',
    })
  }
  if (target === undefined) {
    throw new PetrelError('bad_option', '--base-target without --target', {
      hint: 'name the server that is compared with it too',
    })
  }
  return targetOf({ target: baseTarget, ...(target.path === undefined ? {} : { path: target.path }) })
}

/** @throws PetrelError when the baseline is of another machine, or has not what was asked for. */
async function fitBaseline(
  file: string,
  names: readonly string[],
  { clients, fault }: GateCommandOptions,
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
  if (fault !== undefined) {
    throw new PetrelError('bad_option', '--fault beside --baseline', {
      hint: 'what was kept is played as long as it was then; leave it away',
    })
  }
  return baseline
}

/** Played as the baseline was. */
function asKept(baseline: Baseline | undefined, name: string): LoadSettings {
  const settings = baseline?.scenarios.find(({ scenario }) => scenario === name)?.settings
  return settings === undefined ? {} : { taskMs: settings.taskMs, phases: settings.phases }
}
