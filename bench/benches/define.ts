import type { Lab } from '../lib/lab.ts'
import type { BenchResult } from '../lib/result.ts'

/** One row of the table: a name, what it shows, and a function that measures it. One file each. */
export interface Bench {
  name: string
  title: string
  measure(lab: Lab): Promise<Measured>
}

export type Measured = Omit<BenchResult, 'name' | 'title'>

export const defineBench = (bench: Bench): Bench => bench
