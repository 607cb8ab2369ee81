import type { Clock, Random } from '#core'

/** Whoever is due once in each round. */
export interface Beating {
  beat(): void
}

const MAX_SLOTS = 64
/** A round is not cut finer, in milliseconds: timers of Node are no finer. */
const MIN_TICK_MS = 2

/**
 * One timer for all that is due at an interval: a round of slots, each member in one of them. A timer for each of ten
 * thousand connections is 300 bytes a piece, and a list of its own where each waits a random time.
 */
export class Beats {
  readonly #clock: Pick<Clock, 'after'>
  readonly #random: Random
  readonly #tickMs: number
  readonly #slots: readonly Set<Beating>[]
  #next = 0
  #members = 0
  #timer: Disposable | undefined

  constructor(clock: Pick<Clock, 'after'>, random: Random, intervalMs: number) {
    this.#clock = clock
    this.#random = random
    const slots = Math.max(1, Math.min(MAX_SLOTS, Math.floor(intervalMs / MIN_TICK_MS)))
    this.#tickMs = intervalMs / slots
    this.#slots = Array.from({ length: slots }, () => new Set())
  }

  /** Its first beat comes after a random part of the interval. Returns its slot. */
  add(member: Beating): number {
    const slot = Math.floor(this.#random() * this.#slots.length)
    this.#slots[slot]?.add(member)
    this.#members += 1
    this.#timer ??= this.#clock.after(this.#tickMs, () => this.#tick())
    return slot
  }

  delete(member: Beating, slot: number): void {
    if (!this.#slots[slot]?.delete(member)) return
    this.#members -= 1
    if (this.#members > 0) return
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #tick(): void {
    this.#timer = this.#clock.after(this.#tickMs, () => this.#tick())
    const due = this.#slots[this.#next] ?? []
    this.#next = (this.#next + 1) % this.#slots.length
    for (const member of due) member.beat()
  }
}
