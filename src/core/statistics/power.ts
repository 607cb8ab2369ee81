import { type Random, seededRandom } from '../random.ts'
import { mannWhitney } from './mann-whitney.ts'
import { normalDraw } from './normal.ts'

export interface Comparison {
  /** Runs of the base and of the head. */
  runs: readonly [number, number]
  /** Coefficient of variation of one run's figure. */
  noise: number
  /** p below which a shift is believed. */
  alpha: number
}

/**
 * How often the Mann–Whitney test finds a true relative shift (0.1 is 10 % more), by simulation with noise of the
 * normal shape that grows with the level. There is no exact formula for small samples; Noether's (1987) is off by
 * seven points at ten runs a side.
 */
export function power(comparison: Comparison, shift: number, random: Random, trials = 1_000): number {
  const { noise, alpha } = comparison
  const [base, head] = comparison.runs
  const draw = (level: number) => level * (1 + noise * normalDraw(random))
  let found = 0
  for (let trial = 0; trial < trials; trial += 1) {
    const first = Array.from({ length: base }, () => draw(1))
    const second = Array.from({ length: head }, () => draw(1 + shift))
    if (mannWhitney(first, second).p < alpha) found += 1
  }
  return found / trials
}

/** Shifts beyond this are no longer looked for. */
const MOST = 4

/**
 * The smallest relative shift that is found with the wanted power; `Infinity` when the runs are too few to find
 * any. Every shift is tried with the same draws (`seed`), so that more shift never gives less power.
 */
export function detectableShift(comparison: Comparison, wanted = 0.8, seed = 1): number {
  const isEnough = (shift: number) => power(comparison, shift, seededRandom(seed), 400) >= wanted
  if (!isEnough(MOST)) return Number.POSITIVE_INFINITY
  let low = 0
  let high = MOST
  while (high - low > 0.001) {
    const middle = (low + high) / 2
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return high
}
