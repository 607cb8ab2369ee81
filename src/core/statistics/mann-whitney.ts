import { normalCdf } from './normal.ts'
import { rankSumDistribution } from './rank-sum-distribution.ts'

/** Samples up to this size are judged by the exact distribution; beyond it the counts outgrow 2^53. */
const MOST_EXACT = 25

export interface MannWhitney {
  /** Pairs in which the first sample has the greater value; ties count half. */
  u: number
  /** Two-sided: how often chance alone separates the samples at least so far. */
  p: number
  method: 'exact' | 'normal'
}

/**
 * Whether two samples come from one distribution (Mann and Whitney, 1947), two-sided. Exact for small samples
 * without ties, else by the normal approximation, corrected for ties and for continuity.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney {
  const n = first.length
  const m = second.length
  const { rankSum, tieTerm } = rankSumOf(first, second)
  const u = rankSum - (n * (n + 1)) / 2
  if (n === 0 || m === 0) return { u, p: 1, method: 'exact' }
  if (tieTerm === 0 && n <= MOST_EXACT && m <= MOST_EXACT) {
    const smaller = Math.min(u, n * m - u)
    return { u, p: Math.min(1, 2 * (rankSumDistribution(n, m)[smaller] ?? 1)), method: 'exact' }
  }
  const deviation = uDeviation(n, m, tieTerm)
  const z = (Math.abs(u - (n * m) / 2) - 0.5) / deviation
  const p = deviation === 0 ? 1 : Math.min(1, 2 * normalCdf(-z))
  return { u, p, method: 'normal' }
}

/** Standard deviation of U under the null hypothesis; `tieTerm` is Σ (t³ − t) over the groups of equal values. */
export function uDeviation(n: number, m: number, tieTerm: number): number {
  const total = n + m
  return Math.sqrt(((n * m) / 12) * (total + 1 - tieTerm / (total * (total - 1))))
}

/** Rank sum of the first sample among both, equal values sharing their average rank, and how tied both are. */
export function rankSumOf(first: readonly number[], second: readonly number[]) {
  const all = [
    ...first.map(value => ({ value, own: 1 })),
    ...second.map(value => ({ value, own: 0 })),
  ].toSorted((a, b) => a.value - b.value)
  let rankSum = 0
  let tieTerm = 0
  for (let start = 0; start < all.length; ) {
    // Itself first: what is no number is equal to nothing, and would be looked at for ever.
    let end = start + 1
    let own = all[start]?.own ?? 0
    while (end < all.length && all[end]?.value === all[start]?.value) {
      own += all[end]?.own ?? 0
      end += 1
    }
    const equal = end - start
    rankSum += own * (start + (equal + 1) / 2)
    tieTerm += equal ** 3 - equal
    start = end
  }
  return { rankSum, tieTerm }
}
