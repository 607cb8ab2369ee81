import { median, noiseFloor, seededRandom } from '#core'
import type { ScenarioRun } from '../result.ts'
import { measured } from './measures.ts'

/** Figures of the runs that were clean: what did not hold or proves nothing is no measure of speed. */
export function cleanRuns(runs: readonly ScenarioRun[]): Record<string, number>[] {
  return runs.flatMap(({ load, verdict }) => (load === null || verdict !== 'held' ? [] : [measured(load)]))
}

/** The noise of repeated runs, relative to their median: what halves of them differ by. */
export const noiseFloorOf = (values: readonly number[]): number =>
  noiseFloor(values, seededRandom(1)) / median(values)
