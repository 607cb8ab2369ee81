import type { Random } from '../random.ts'
import { hodgesLehmann } from './hodges-lehmann.ts'
import { quantile } from './summary.ts'

const SPLITS = 400

/**
 * How far two halves of runs of one and the same build lie apart, at worst in 95 of 100 random splits (A/A): a
 * shift within it is this machine's noise. In the unit of the values; 0 for fewer than four of them.
 */
export function noiseFloor(values: readonly number[], random: Random): number {
  if (values.length < 4) return 0
  const shifts = Array.from({ length: SPLITS }, () => {
    const order = shuffled(values, random)
    const half = Math.floor(order.length / 2)
    return Math.abs(hodgesLehmann(order.slice(0, half), order.slice(half)).shift)
  })
  return quantile(shifts, 0.95)
}

/** A random order of the same values (Fisher and Yates). */
function shuffled(values: readonly number[], random: Random): number[] {
  const order = [...values]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const pick = Math.floor(random() * (last + 1))
    const held = order[last] as number
    order[last] = order[pick] as number
    order[pick] = held
  }
  return order
}
