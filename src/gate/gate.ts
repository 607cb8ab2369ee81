import { availableParallelism, cpus } from 'node:os'
import type { Scenario } from '#catalog'
import { type Clock, EXIT, errorText, PetrelError, type Report } from '#core'
import type { LoadSettings } from '#run'
import type { FoundTool } from '#stack'
import { compareRuns } from './baseline/compare.ts'
import type { Baseline } from './baseline/file.ts'
import { cleanRuns } from './baseline/repeat.ts'
import { JOINED } from './joined.ts'
import { type GateTarget, playScenario } from './play.ts'
import type { GateResult, ScenarioRun } from './result.ts'
import type { EffectiveThreshold } from './thresholds/judge.ts'
import { EXIT_OF, gateVerdict, runVerdict } from './verdict.ts'

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
  k6: FoundTool
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
  const plays = Array.from({ length: options.repeat ?? 1 }, () => options.scenarios).flat()
  for (const [index, scenario] of plays.entries()) {
    if (signal.aborted) break
    report(`${index + 1} of ${plays.length}: ${scenario.name}: ${scenario.summary}`)
    const run = await play(options, scenario, runs.length === 0)
    if (run === undefined) break
    runs.push(run)
    report(`${scenario.name}: ${run.verdict.replaceAll('_', ' ')}`)
  }
  const notRun = plays.slice(runs.length).map(({ name }) => name)
  if (options.baseline && notRun.length === 0) runs.push(...comparisons(options.baseline, runs))
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

/** One scenario; undefined when it was interrupted. What is missing later than at the first start is a finding. */
async function play(
  options: GateOptions,
  scenario: Scenario,
  isFirst: boolean,
): Promise<ScenarioRun | undefined> {
  const { target, signal } = options
  try {
    return await playScenario({
      scenario,
      settings: options.settings(scenario),
      thresholds: options.thresholds(scenario),
      ...(target === undefined ? {} : { target }),
      k6: options.k6,
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

/** One more run for each scenario of the baseline: its repeated runs against those that were kept. */
function comparisons(
  { file, content, effect }: NonNullable<GateOptions['baseline']>,
  runs: readonly ScenarioRun[],
): ScenarioRun[] {
  return content.scenarios.flatMap(({ scenario, runs: base }) => {
    const played = runs.filter(run => run.scenario === scenario)
    if (played.length === 0) return []
    const head = cleanRuns(played)
    const checks = head.length === 0 ? [] : compareRuns(base, head, { effect })
    const problems = head.length === 0 ? ['none of its runs held, so none is a measure of speed'] : []
    return [
      {
        scenario: `${scenario} against its baseline`,
        summary: `${head.length} runs compared with ${base.length} of ${file}, of ${content.createdAt}.`,
        verdict: runVerdict(checks, problems),
        problems,
        checks,
        load: null,
        charts: [],
      },
    ]
  })
}

function leftOut(target: GateTarget | undefined): string[] {
  if (target === undefined || target.metrics !== undefined) return []
  const why = 'left out, since the server showed no metrics (--metrics)'
  return Object.values(JOINED).map(title => `${title}: ${why}`)
}
