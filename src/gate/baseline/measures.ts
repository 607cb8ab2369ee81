import type { ThresholdPhase } from '#catalog'
import type { LoadResult } from '#run'
import { compileExpression } from '../thresholds/expression.ts'
import { figuresOf } from '../thresholds/figures.ts'

/** A figure of a run that is compared over many runs. Less of each is better. */
export interface Measure {
  name: string
  title: string
  phase: ThresholdPhase
  measure: string
}

/** Few on purpose: each one more makes a real change harder to tell from chance. */
export const MEASURES: readonly Measure[] = [
  { name: 'connect', title: 'time of a handshake, p95', phase: 'steady', measure: 'connectMs.p95' },
  {
    name: 'first-message',
    title: 'time to the first useful frame, p95',
    phase: 'steady',
    measure: 'firstMessageMs.p95',
  },
  {
    name: 'first-message-after',
    title: 'time to the first useful frame after the fault, p95',
    phase: 'recovery',
    measure: 'firstMessageMs.p95',
  },
  { name: 'recovered', title: 'time to come back, p95', phase: 'run', measure: 'recovery.p95Ms' },
]

/** The figures of one run, by measure; those that it has none of are left out. */
export function measured(load: LoadResult): Record<string, number> {
  return Object.fromEntries(
    MEASURES.flatMap(({ name, phase, measure }) => {
      const value = compileExpression(measure).value(figuresOf(load, undefined, phase))
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
