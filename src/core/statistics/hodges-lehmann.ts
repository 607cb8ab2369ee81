import { rankSumOf, uDeviation } from './mann-whitney.ts'
import { normalQuantile } from './normal.ts'
import { rankSumDistribution } from './rank-sum-distribution.ts'
import { median } from './summary.ts'

const MOST_EXACT = 25

export interface HodgesLehmann {
  /** By how much the second sample lies above the first: median of all differences. */
  shift: number
  low: number
  high: number
}

/**
 * How far two samples lie apart (Hodges and Lehmann, 1963), with the interval of those shifts that the Mann–Whitney
 * test would not reject at `1 − confidence`. Samples too small for any interval get an infinite one.
 */
export function hodgesLehmann(
  first: readonly number[],
  second: readonly number[],
  confidence = 0.95,
): HodgesLehmann {
  const differences = second.flatMap(b => first.map(a => b - a)).toSorted((a, b) => a - b)
  const shift = median(differences)
  const skipped = skippedEachSide(first, second, (1 - confidence) / 2)
  if (skipped <= 0) return { shift, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
  return {
    shift,
    low: differences[skipped - 1] ?? Number.NEGATIVE_INFINITY,
    high: differences[differences.length - skipped] ?? Number.POSITIVE_INFINITY,
  }
}

/** The interval runs from the k-th smallest to the k-th greatest difference: the smallest k not rejected. */
function skippedEachSide(first: readonly number[], second: readonly number[], tail: number): number {
  const n = first.length
  const m = second.length
  const { tieTerm } = rankSumOf(first, second)
  if (tieTerm === 0 && n <= MOST_EXACT && m <= MOST_EXACT) {
    return rankSumDistribution(n, m).findIndex(below => below > tail)
  }
  const reach = -normalQuantile(tail) * uDeviation(n, m, tieTerm)
  return Math.ceil((n * m) / 2 - 0.5 - reach)
}
