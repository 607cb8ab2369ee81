import type { Estimate } from './statistics.ts'

/** One figure of one server. */
export interface Figure {
  what: string
  subject: string
  unit: string
  value: Estimate
}

/** What is wanted of a figure, and what was found. */
export interface Claim {
  what: string
  /** `×`, `ms`, `KiB`, … */
  unit: string
  value: Estimate
  /** The median must lie on this side of the limit. */
  limit: { atLeast: number } | { atMost: number }
  /** The upper end of the interval must also keep to this, where it is set. */
  highAtMost?: number
}

export interface BenchResult {
  name: string
  title: string
  figures: Figure[]
  claims: Claim[]
  /** What a reader must know to read the figures right. */
  notes: string[]
  /** Share of its core that the generator used in its busiest round, 0 to 1. */
  generatorBusy: number
}

/** A generator busier than this may have been what was measured. */
export const GENERATOR_LIMIT = 0.95

export function held({ value, limit, highAtMost }: Claim): boolean {
  const inside = 'atLeast' in limit ? value.median >= limit.atLeast : value.median <= limit.atMost
  return inside && (highAtMost === undefined || value.high <= highAtMost)
}

/** A result with where it comes from, as `out/bench/NAME.json`. */
export interface BenchRecord extends BenchResult {
  /** ISO 8601. */
  date: string
  machine: string
  cores: string
  rounds: number
}
