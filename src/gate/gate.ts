import { availableParallelism, cpus } from 'node:os'
import type { Scenario } from '#catalog'
import { type Clock, EXIT, errorText, PetrelError, type Report } from '#core'
import type { LoadSettings } from '#run'
import type { FoundTool } from '#stack'
import { comparisons, type Reference } from './baseline/against.ts'
import type { Baseline } from './baseline/file.ts'
import { cleanRuns } from './baseline/repeat.ts'
import { JOINED } from './joined.ts'
import { type GateTarget, playScenario } from './play.ts'
import type { GateResult, ScenarioRun } from './result.ts'
import type { EffectiveThreshold } from './thresholds/judge.ts'
import { EXIT_OF, gateVerdict } from './verdict.ts'

export interface GateOptions {
  suite: string
  scenarios: readonly Scenario[]
  /** How often each is played (once); the rounds go over all scenarios, so that a drift of the machine meets all. */
  repeat?: number
  /** How each is played. */
  settings: (scenario: Scenario) => LoadSettings
  /** What each is held to. */
  thresholds: (scenario: Scenario) => readonly EffectiveThreshold[]
  target?: GateTarget
  /** What the repeated runs are compared with. */
  baseline?: { file: string; content: Baseline; effect: number }
  /** Another server, which is played in turns with the target and compared with it. It is not judged. */
  base?: { target: GateTarget; effect: number }
  /** Does, through the shell, what a scenario wants done to the servers of the target. */
  faultCommand?: string
  k6: FoundTool
  /** For servers of our own that are replaced while their tasks go on. */
  redis?: FoundTool
  folder: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  report: Report
  signal: AbortSignal
}

/**
 * Plays the scenarios one after another and gives the verdict over all. Interrupted, it gives what there is, marked
 * as partial.
 * @throws PetrelError when what it needs is missing at the start of the first scenario.
 */
export async function runGate(options: GateOptions): Promise<GateResult> {
  const { clock, report, signal, target } = options
  const startedAt = new Date(clock.wall())
  const runs: ScenarioRun[] = []
  const baseRuns: ScenarioRun[] = []
  const plays = playsOf(options)
  let played = 0
  for (const { scenario, side } of plays) {
    if (signal.aborted) break
    const ofBase = side === 'base' ? ' (the base)' : ''
    report(`${played + 1} of ${plays.length}: ${scenario.name}${ofBase}: ${scenario.summary}`)
    const sideTarget = side === 'base' ? options.base?.target : target
    const run = await play(options, scenario, sideTarget, played < (options.base ? 2 : 1))
    if (run === undefined) break
    played += 1
    if (side === 'base') baseRuns.push(run)
    else runs.push(run)
    report(`${scenario.name}${ofBase}: ${run.verdict.replaceAll('_', ' ')}`)
  }
  const notRun = plays.slice(played).map(({ scenario }) => scenario.name)
  const reference = referenceOf(options, baseRuns)
  if (reference && notRun.length === 0) runs.push(...comparisons(reference, runs))
  const verdict = gateVerdict(runs, notRun)
  return {
    schema: 'petrel.gate/1',
    startedAt: startedAt.toISOString(),
    finishedAt: new Date(clock.wall()).toISOString(),
    verdict,
    exitCode: signal.aborted ? EXIT.interrupted : EXIT_OF[verdict],
    partial: signal.aborted,
    suite: options.suite,
    target: target?.url ?? 'the reference server, started for each scenario',
    environment: {
      k6: options.k6.version,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      cores: String(availableParallelism()),
      cpu: cpus()[0]?.model ?? 'unknown',
    },
    leftOut: leftOut(target),
    notRun,
    runs,
  }
}

/** Rounds over all scenarios; with a base both sides in turns, and each first as often as the other. */
function playsOf({ repeat = 1, scenarios, base }: GateOptions) {
  return Array.from({ length: repeat }, (_, round) => {
    const sides = base === undefined ? (['head'] as const) : (['base', 'head'] as const)
    const inTurn = round % 2 === 0 ? sides : sides.toReversed()
    return scenarios.flatMap(scenario => inTurn.map(side => ({ scenario, side })))
  }).flat()
}

function referenceOf(
  { baseline, base, scenarios }: GateOptions,
  baseRuns: readonly ScenarioRun[],
): Reference | undefined {
  if (baseline) {
    const { file, content, effect } = baseline
    const runs = new Map(content.scenarios.map(kept => [kept.scenario, kept.runs]))
    return { name: `${file}, of ${content.createdAt}`, runs, effect }
  }
  if (!base) return undefined
  const runs = scenarios.map(({ name }) => {
    const clean = cleanRuns(baseRuns.filter(({ scenario }) => scenario === name))
    return [name, clean] as const
  })
  return { name: `${base.target.url}, played in turns`, runs: new Map(runs), effect: base.effect }
}

/** One scenario; undefined when it was interrupted. What is missing later than at the first start is a finding. */
async function play(
  options: GateOptions,
  scenario: Scenario,
  target: GateTarget | undefined,
  isFirst: boolean,
): Promise<ScenarioRun | undefined> {
  const { signal } = options
  try {
    return await playScenario({
      scenario,
      settings: options.settings(scenario),
      thresholds: options.thresholds(scenario),
      ...(target === undefined ? {} : { target }),
      ...(options.faultCommand === undefined ? {} : { faultCommand: options.faultCommand }),
      k6: options.k6,
      ...(options.redis === undefined ? {} : { redis: options.redis }),
      folder: options.folder,
      env: options.env,
      clock: options.clock,
      report: options.report,
      signal,
    })
  } catch (error) {
    if (signal.aborted) return undefined
    if (isFirst) throw error
    const hint = error instanceof PetrelError && error.hint ? `\n${error.hint}` : ''
    return {
      scenario: scenario.name,
      summary: scenario.summary,
      verdict: 'not_proven',
      problems: [`it could not be played: ${errorText(error)}${hint}`],
      checks: [],
      load: null,
      charts: [],
    }
  }
}

function leftOut(target: GateTarget | undefined): string[] {
  if (target === undefined || target.metrics !== undefined) return []
  const why = 'left out, since the server showed no metrics (--metrics)'
  return Object.values(JOINED).map(title => `${title}: ${why}`)
}
