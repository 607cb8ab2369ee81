import { COLUMNS } from './expected.ts'
import type { ProofCell, ProofRun } from './result.ts'

/** How a cell is drawn, and what that means; the first that fits. */
export const SYMBOLS: readonly { symbol: string; means: string; is: (cell: ProofCell) => boolean }[] = [
  { symbol: '?', means: 'not proven', is: ({ verdict }) => verdict === 'not_proven' },
  { symbol: '!', means: 'did not hold', is: ({ verdict }) => verdict === 'did_not_hold' },
  { symbol: 'F', means: 'fired and resolved, as it had to', is: ({ expected }) => expected === 'fire' },
  {
    symbol: '~',
    means: 'fired, and nobody cares',
    is: ({ expected, observed }) => expected === 'either' && observed !== 'silent',
  },
  { symbol: '-', means: 'silent, and nobody cares', is: ({ expected }) => expected === 'either' },
  { symbol: '.', means: 'silent, as it had to be', is: () => true },
]

/** One row of the matrix: a drill, in one repetition. */
export interface MatrixRow {
  run: number
  drill: string
  scenario: string
  /** A symbol for each of `COLUMNS`. */
  cells: string[]
}

/** The matrix scenario × alert. A drill that was not even played to its end has no cells: none of them is proven. */
export function matrixOf(
  runs: readonly Pick<ProofRun, 'run' | 'drill' | 'scenario' | 'cells'>[],
): MatrixRow[] {
  return runs.map(({ run, drill, scenario, cells }) => ({
    run,
    drill,
    scenario,
    cells: COLUMNS.map(({ alert, severity }) => {
      const cell = cells.find(one => one.alert === alert && one.severity === severity)
      return cell ? (SYMBOLS.find(({ is }) => is(cell))?.symbol ?? '') : '?'
    }),
  }))
}
