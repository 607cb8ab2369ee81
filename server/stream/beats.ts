import type { Clock, Random } from '#core'

/** Whoever is due once in each round. */
export interface Beating {
  beat(): void
}

const MAX_SLOTS = 64
/** A round is not cut finer, in milliseconds: timers of Node are no finer. */
const MIN_TICK_MS = 2

/**
 * One timer for all that is due at an interval: a round of slots, each member in a place of one of them. Arrays, since
 * a set has to hash what it holds. A timer for each of ten
 * thousand connections is 300 bytes a piece, and a list of its own where each waits a random time.
 */
export class Beats {
  readonly #clock: Pick<Clock, 'after'>
  readonly #random: Random
  readonly #tickMs: number
  readonly #slots: readonly (Beating | undefined)[][]
  /** Places that were left, of each slot. */
  readonly #free: readonly number[][]
  #next = 0
  #members = 0
  #timer: Disposable | undefined

  constructor(clock: Pick<Clock, 'after'>, random: Random, intervalMs: number) {
    this.#clock = clock
    this.#random = random
    const slots = Math.max(1, Math.min(MAX_SLOTS, Math.floor(intervalMs / MIN_TICK_MS)))
    this.#tickMs = intervalMs / slots
    this.#slots = Array.from({ length: slots }, () => [])
    this.#free = Array.from({ length: slots }, () => [])
  }

  /** Its first beat comes after a random part of the interval. Returns its place. */
  add(member: Beating): number {
    const count = this.#slots.length
    const slot = Math.floor(this.#random() * count)
    const members = this.#slots[slot] ?? []
    const at = this.#free[slot]?.pop() ?? members.length
    members[at] = member
    this.#members += 1
    this.#timer ??= this.#clock.after(this.#tickMs, () => this.#tick())
    return at * count + slot
  }

  delete(member: Beating, place: number): void {
    const count = this.#slots.length
    const slot = place % count
    const members = this.#slots[slot]
    const at = Math.floor(place / count)
    if (members?.[at] !== member) return
    members[at] = undefined
    this.#free[slot]?.push(at)
    this.#members -= 1
    if (this.#members > 0) return
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #tick(): void {
    this.#timer = this.#clock.after(this.#tickMs, () => this.#tick())
    const due = this.#slots[this.#next] ?? []
    this.#next = (this.#next + 1) % this.#slots.length
    for (const member of due) member?.beat()
  }
}
