import { COLUMNS } from './expected.ts'
import type { AlertProof, ProofCell, ProofRun, Score } from './result.ts'

/** Counts the cells that prove something, overall and for each severity. A cell of a run that lagged counts nowhere. */
export function scoresOf(runs: readonly Pick<ProofRun, 'cells'>[]): Score[] {
  const cells = runs.flatMap(run => run.cells)
  return (['all', 'critical', 'warning'] as const).map(severity => ({
    severity,
    ...count(cells.filter(cell => severity === 'all' || cell.severity === severity)),
  }))
}

function count(all: readonly ProofCell[]): Omit<Score, 'severity'> {
  const proven = all.filter(({ verdict }) => verdict !== 'not_proven')
  const ofThem = (test: (cell: ProofCell) => boolean) => proven.filter(test).length
  const truePositives = ofThem(({ expected, observed }) => expected === 'fire' && observed === 'fired')
  const falseNegatives = ofThem(({ expected, observed }) => expected === 'fire' && observed !== 'fired')
  const falsePositives = ofThem(({ falsePositives }) => falsePositives > 0)
  const share = (part: number, rest: number) => (part + rest === 0 ? null : part / (part + rest))
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives: ofThem(({ expected, observed }) => expected === 'silent' && observed === 'silent'),
    notCared: ofThem(({ expected }) => expected === 'either'),
    notProven: all.length - proven.length,
    precision: share(truePositives, falsePositives),
    recall: share(truePositives, falseNegatives),
  }
}

/** Each alert over all runs: where it fired, how fast at worst, and whether anything speaks against it. */
export function alertProofs(runs: readonly ProofRun[]): AlertProof[] {
  return COLUMNS.map(({ alert, severity, allowed }) => {
    const cells = runs.flatMap(run =>
      run.cells
        .filter(cell => cell.alert === alert && cell.severity === severity)
        .map(cell => ({ ...cell, drill: run.drill, at: run.recoveryTo })),
    )
    const fired = cells.filter(cell => cell.expected === 'fire' && cell.verdict === 'held')
    const slowest = (what: 'detect' | 'resolve') => {
      const by = fired.toSorted((a, b) => (b[what].measured ?? 0) - (a[what].measured ?? 0))[0]
      return by?.[what] ?? { measured: null, predicted: null, allowed: allowed[what] }
    }
    const failed = cells.some(({ verdict }) => verdict === 'did_not_hold')
    return {
      alert,
      severity,
      firedIn: [...new Set(fired.map(({ drill }) => drill))],
      silentCells: cells.filter(({ expected, verdict }) => expected === 'silent' && verdict === 'held')
        .length,
      provenAt: fired.length === 0 ? null : Math.max(...fired.map(({ at }) => at)),
      detect: slowest('detect'),
      resolve: slowest('resolve'),
      verdict: failed ? 'did_not_hold' : fired.length > 0 ? 'held' : 'not_proven',
    }
  })
}
