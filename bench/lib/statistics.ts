import { median } from '#core'

/** A median with an interval that covers the true one. */
export interface Estimate {
  median: number
  low: number
  high: number
  /** Probability that [low, high] covers the true median, 0 to 1. */
  coverage: number
  samples: readonly number[]
}

/** Intervals cover the true median with at least this probability, where there are samples enough. */
const WANTED = 0.9

/**
 * The median with its order-statistic interval: [x(k), x(n+1−k)] covers the true median with probability
 * 1 − 2·P(B < k), B binomial(n, ½), whatever the distribution (Conover, Practical Nonparametric Statistics).
 * The narrowest that covers 90 %; five samples give their range and 94 %, fewer give less and say so.
 */
export function estimate(samples: readonly number[]): Estimate {
  const sorted = samples.toSorted((a, b) => a - b)
  let rank = 1
  while (coverage(sorted.length, rank + 1) >= WANTED) rank += 1
  return {
    median: median(sorted),
    low: sorted[rank - 1] ?? Number.NaN,
    high: sorted[sorted.length - rank] ?? Number.NaN,
    coverage: coverage(sorted.length, rank),
    samples,
  }
}

function coverage(size: number, rank: number): number {
  if (2 * rank > size) return 0
  let term = 0.5 ** size
  let below = 0
  for (let k = 0; k < rank; k++) {
    below += term
    term = (term * (size - k)) / (k + 1)
  }
  return 1 - 2 * below
}
