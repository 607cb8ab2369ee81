import type { PetrelOptions } from '../subjects/petrel.ts'
import type { Generator, Lab, RunningSubject, SubjectName } from './lab.ts'
import type { Claim, Figure } from './result.ts'
import { type Estimate, estimate } from './statistics.ts'

/** Everybody who takes part in a comparison: ours, bare ws, and the peers that are here. */
export const subjectNames = (lab: Lab): SubjectName[] => ['petrel', 'ws', ...lab.peers]

export const startSubjects = (lab: Lab, options: PetrelOptions): Promise<RunningSubject[]> =>
  Promise.all(subjectNames(lab).map(name => lab.startSubject(name, options)))

/** A short accept queue turns some of a crowd away: they come again. */
const TRIES = 3

/** Opens so many clients of a server, in a pool of its name. */
export async function openCrowd(generator: Generator, subject: RunningSubject, count: number): Promise<void> {
  const { name, listening, dialect } = subject
  const crowd = { pool: name, ...listening, concurrency: 100, dialect }
  let missing = count
  for (let tried = 0; tried < TRIES && missing > 0; tried++) {
    missing = (await generator.call('open', { ...crowd, count: missing })).failed
  }
  if (missing > 0) throw new Error(`${missing} of ${count} clients of ${name} did not get in`)
}

/** Share of one core that the generator uses meanwhile. */
export async function busyDuring<T>(
  generator: Generator,
  work: () => Promise<T>,
): Promise<{ value: T; busy: number }> {
  const cpu = await generator.call('cpu')
  const began = performance.now()
  const value = await work()
  const wall = (performance.now() - began) / 1_000
  return { value, busy: ((await generator.call('cpu')) - cpu) / wall }
}

/** Samples of each subject, round by round. */
export class Samples {
  readonly #all = new Map<string, number[]>()

  add(subject: string, value: number): void {
    const known = this.#all.get(subject) ?? []
    known.push(value)
    this.#all.set(subject, known)
  }

  of(subject: string): Estimate {
    return estimate(this.#all.get(subject) ?? [])
  }

  /** One subject against another, round by round. */
  ratio(subject: string, base: string): Estimate {
    const other = this.#all.get(base) ?? []
    return estimate(
      (this.#all.get(subject) ?? []).map((value, round) => value / (other[round] ?? Number.NaN)),
    )
  }

  difference(subject: string, base: string): Estimate {
    const other = this.#all.get(base) ?? []
    return estimate(
      (this.#all.get(subject) ?? []).map((value, round) => value - (other[round] ?? Number.NaN)),
    )
  }

  figures(what: string, unit: string): Figure[] {
    return [...this.#all.keys()].map(subject => ({ what, subject, unit, value: this.of(subject) }))
  }

  /** Ours against bare ws. */
  claim(what: string, limit: Claim['limit']): Claim {
    return { what, unit: '× bare ws', value: this.ratio('petrel', 'ws'), limit }
  }
}
