import type { Random } from '../random.ts'

/** Beyond this the continued fraction is the more exact of both ways, below it the series. */
const TAIL = 3

/**
 * Share of a standard normal distribution below `z`, to about 1e-15. Series and continued fraction of
 * Abramowitz and Stegun, 26.2.11 and 26.2.14.
 */
export function normalCdf(z: number): number {
  if (z < -TAIL) return upperTail(-z)
  if (z > TAIL) return 1 - upperTail(z)
  let term = z
  let sum = z
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
    term *= (z * z) / n
    sum += term
  }
  return 0.5 + sum * density(z)
}

const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)

function upperTail(z: number): number {
  let fraction = z
  for (let n = 60; n >= 1; n -= 1) fraction = z + n / fraction
  return density(z) / fraction
}

/** The `z` below which a standard normal distribution has the share `p`, 0 < p < 1. By bisection. */
export function normalQuantile(p: number): number {
  let low = -40
  let high = 40
  while (high - low > 1e-13 * Math.max(1, Math.abs(low))) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** A draw from the standard normal distribution (Box and Muller, 1958). */
export function normalDraw(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
