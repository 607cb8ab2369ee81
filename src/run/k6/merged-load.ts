import type { Scenario } from '#catalog'
import { PetrelError } from '#core'
import { joinOutcomes } from './outcome.ts'
import { type LoadResult, toLoadResult } from './result.ts'

/** What one runner printed: its result, and the tallies of its VUs. */
export interface RunnerLog {
  name: string
  text: string
}

const RESULT = /^\{"schema":"petrel\.k6\/1".*$/m

/**
 * The result of runners that played shares of one crowd elsewhere, from their logs. How busy they were nobody tells,
 * but their timers do.
 * @throws PetrelError `bad_option` when the logs are of another scenario
 */
export function mergedLoad(
  scenario: Scenario,
  logs: readonly RunnerLog[],
  run: { target: string; k6: string },
): LoadResult {
  const outcomes = logs.map(({ name, text }) => ({
    name,
    problem: undefined,
    result: RESULT.exec(text)?.[0] ?? '',
    console: text,
  }))
  const { result, tally, problems } = joinOutcomes(outcomes, undefined)
  if (result === undefined || result.scenario !== scenario.name) {
    const what = result === undefined ? 'no result of petrel load' : `the result of ${result.scenario}`
    throw new PetrelError('bad_option', `${logs.map(({ name }) => name).join(', ')}: ${what}`, {
      hint: 'give the logs of all runners of one TestRun, as kubectl logs prints them',
    })
  }
  const distinct = new Set(outcomes.map(outcome => outcome.result)).size
  const missing =
    distinct === result.segments
      ? []
      : [`${result.segments} runners played it, and here are logs of ${distinct}`]
  return toLoadResult(result, {
    ...run,
    problems: [...missing, ...problems],
    honesty: { peakCores: null, peakDescriptors: null, peakMemory: null },
    badReaders: null,
    segments: logs.length,
    tally,
  })
}
