import { availableParallelism, cpus } from 'node:os'
import { ERROR_CODES, type Scenario } from '#catalog'
import { type Clock, EXIT, type ExitCode, errorText, PetrelError, type Report } from '#core'
import { EXIT_OF } from '#report'
import type { LoadSettings } from '#run'
import { comparisons, type Reference } from './baseline/against.ts'
import type { Baseline } from './baseline/file.ts'
import { cleanRuns } from './baseline/repeat.ts'
import { JOINED } from './joined.ts'
import { type GateTarget, type GateTools, playScenario } from './play.ts'
import type { GateResult, ScenarioRun } from './result.ts'
import type { EffectiveThreshold } from './thresholds/judge.ts'
import { gateVerdict } from './verdict.ts'

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
  /** Finds or gets what it needs, before the first scenario. */
  tools: () => Promise<GateTools>
  folder: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  report: Report
  /** Takes what there is to report when the gate cannot begin; the error follows. */
  whenMissing?: (partial: GateResult) => Promise<unknown>
  signal: AbortSignal
}

/**
 * Plays the scenarios one after another and gives the verdict over all. Interrupted, it gives what there is, marked
 * as partial.
 * @throws PetrelError when what it needs is missing at the start, after `whenMissing`.
 */
export async function runGate(options: GateOptions): Promise<GateResult> {
  const { clock, report, signal, target } = options
  const startedAt = new Date(clock.wall())
  const plays = playsOf(options)
  const runs: ScenarioRun[] = []
  const baseRuns: ScenarioRun[] = []
  let tools: GateTools | undefined
  let played = 0
  const told = (exitCode: ExitCode | undefined) =>
    resultOf(options, { startedAt, runs, notRun: namesOf(plays.slice(played)), exitCode, tools })
  const giveUp = async (scenario: Scenario, missing: PetrelError) => {
    runs.push(unplayed(scenario, missing))
    played += 1
    await options.whenMissing?.(told(EXIT.environment))
    throw missing
  }
  try {
    tools = await options.tools()
  } catch (error) {
    const [first] = plays
    if (!signal.aborted && isMissing(error) && first) await giveUp(first.scenario, error)
    if (!signal.aborted) throw error
  }
  for (const { scenario, side } of plays) {
    if (signal.aborted || tools === undefined) break
    const ofBase = side === 'base' ? ' (the base)' : ''
    report(`${played + 1} of ${plays.length}: ${scenario.name}${ofBase}: ${scenario.summary}`)
    const sideTarget = side === 'base' ? options.base?.target : target
    const isFirst = played < (options.base ? 2 : 1)
    const { run, missing } = await play(options, tools, scenario, sideTarget, isFirst)
    if (missing) await giveUp(scenario, missing)
    if (run === undefined) break
    played += 1
    if (side === 'base') baseRuns.push(run)
    else runs.push(run)
    report(`${scenario.name}${ofBase}: ${run.verdict.replaceAll('_', ' ')}`)
  }
  const reference = referenceOf(options, baseRuns)
  if (reference && played === plays.length) runs.push(...comparisons(reference, runs))
  return told(signal.aborted ? EXIT.interrupted : undefined)
}

/** Everything that reports are made of; `exitCode` tells what cut the gate short, when something did. */
function resultOf(
  { clock, suite, target }: GateOptions,
  {
    startedAt,
    runs,
    notRun,
    exitCode,
    tools,
  }: {
    startedAt: Date
    runs: ScenarioRun[]
    notRun: string[]
    exitCode: ExitCode | undefined
    tools: GateTools | undefined
  },
): GateResult {
  const verdict = gateVerdict(runs, notRun)
  return {
    schema: 'petrel.gate/1',
    startedAt: startedAt.toISOString(),
    finishedAt: new Date(clock.wall()).toISOString(),
    verdict,
    exitCode: exitCode ?? EXIT_OF[verdict],
    partial: exitCode !== undefined,
    suite,
    target: target?.url ?? 'the reference server, started for each scenario',
    environment: {
      ...(tools === undefined ? {} : { k6: tools.k6.version }),
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

const namesOf = (plays: readonly { scenario: Scenario }[]) => plays.map(({ scenario }) => scenario.name)

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

/**
 * One scenario; neither when it was interrupted. What is missing later than at the first start is a finding, and not
 * `missing`.
 */
async function play(
  options: GateOptions,
  tools: GateTools,
  scenario: Scenario,
  target: GateTarget | undefined,
  isFirst: boolean,
): Promise<{ run?: ScenarioRun; missing?: PetrelError }> {
  const { signal } = options
  try {
    const run = await playScenario({
      scenario,
      settings: options.settings(scenario),
      thresholds: options.thresholds(scenario),
      ...(target === undefined ? {} : { target }),
      ...(options.faultCommand === undefined ? {} : { faultCommand: options.faultCommand }),
      ...tools,
      folder: options.folder,
      env: options.env,
      clock: options.clock,
      report: options.report,
      signal,
    })
    return { run }
  } catch (error) {
    if (signal.aborted) return {}
    if (!isFirst) return { run: unplayed(scenario, error) }
    if (!isMissing(error)) throw error
    return { missing: error }
  }
}

/** A scenario that something kept from being played. */
function unplayed({ name, summary }: Scenario, error: unknown): ScenarioRun {
  const hint = error instanceof PetrelError && error.hint ? `\n${error.hint}` : ''
  const problems = [`it could not be played: ${errorText(error)}${hint}`]
  return { scenario: name, summary, verdict: 'not_proven', problems, checks: [], load: null, charts: [] }
}

/** Something that must be there is not; what was written wrongly is no matter for a report. */
const isMissing = (error: unknown): error is PetrelError =>
  error instanceof PetrelError && ERROR_CODES[error.code]?.exit === EXIT.environment

function leftOut(target: GateTarget | undefined): string[] {
  if (target === undefined || target.metrics !== undefined) return []
  return Object.values(JOINED).map(title => `${title}: the server showed no metrics (--metrics)`)
}
