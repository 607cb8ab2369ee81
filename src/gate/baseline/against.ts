import type { ScenarioRun } from '../result.ts'
import { runVerdict } from '../verdict.ts'
import { compareRuns } from './compare.ts'
import { cleanRuns } from './repeat.ts'

/** What repeated runs are compared with. */
export interface Reference {
  /** Names it in a report: "baseline.json, of 2026-01-01". */
  name: string
  /** Figures of its clean runs, by scenario. */
  runs: ReadonlyMap<string, readonly Readonly<Record<string, number>>[]>
  /** The relative slowdown that must not go unseen. */
  effect: number
}

/** One more run for each scenario that the reference has: the repeated runs against its own. */
export function comparisons(
  { name, runs: kept, effect }: Reference,
  runs: readonly ScenarioRun[],
): ScenarioRun[] {
  return [...kept].flatMap(([scenario, base]) => {
    const played = runs.filter(run => run.scenario === scenario)
    if (played.length === 0) return []
    const head = cleanRuns(played)
    const problems = [
      ...(head.length === 0 ? ['none of its runs held, so none is a measure of speed'] : []),
      ...(base.length === 0 ? [`no run of ${name} held, so there is nothing to compare with`] : []),
    ]
    const checks = problems.length > 0 ? [] : compareRuns(base, head, { effect })
    if (problems.length === 0 && checks.length === 0)
      problems.push(`no figure is in every run of ${name}, so there is nothing to compare with`)
    return [
      {
        scenario: `${scenario} against its baseline`,
        summary: `${head.length} runs compared with ${base.length} of ${name}.`,
        verdict: runVerdict(checks, problems),
        problems,
        checks,
        load: null,
        charts: [],
      },
    ]
  })
}
