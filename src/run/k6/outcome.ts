import type { Tally } from '#catalog'
import { type K6Result, parseK6Result } from './k6-result.ts'
import { mergeResults } from './merge.ts'
import { mergeTallies, readTallies } from './tallies.ts'

/** What one generator left. */
export interface Outcome {
  /** Names it among others; empty when it was alone. */
  name: string
  /** Why it proves nothing, as its exit code says; undefined when it ended in order. */
  problem: string | undefined
  /** The result file that it wrote; empty without one. */
  result: string
  /** What its VUs printed. */
  console: string
}

/**
 * Reads what the generators left, and makes one result of theirs. Pure.
 * @param hung why all of them were ended, if they were
 */
export function joinOutcomes(
  outcomes: readonly Outcome[],
  hung: string | undefined,
): { result: K6Result | undefined; tally: Tally | undefined; problems: string[] } {
  const problems: string[] = []
  const results: K6Result[] = []
  for (const { name, problem, result } of outcomes) {
    const say = (text: string) => problems.push(name === '' ? text : `${name}: ${text}`)
    if (problem !== undefined) say(hung === undefined ? problem : problem.replace(/^[^\n]*/, hung))
    const measured = parseK6Result(result)
    if (measured) results.push(measured)
    else say('k6 left no result that could be read')
  }
  const tally = mergeTallies(outcomes.flatMap(outcome => readTallies(outcome.console)))
  const [first] = results
  if (outcomes.length === 1 || first === undefined) return { result: first, tally, problems }
  const merged = mergeResults(results, tally)
  return { result: merged.result, tally, problems: [...problems, ...merged.problems] }
}
