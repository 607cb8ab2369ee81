import type { Clock } from './clock.ts'

/** Places that were left are given back when there are so many. */
const SPARE = 1_024

/**
 * One timer for all that is due so long after it came: they are due in the order in which they came. A timer each
 * costs a connection a microsecond and 250 bytes.
 */
export class DueQueue<T> {
  readonly #clock: Clock
  readonly #ms: number
  readonly #onDue: (member: T) => void
  #members: (T | undefined)[] = []
  #cameAt: number[] = []
  #head = 0
  /** Ticket of the first place. */
  #first = 0
  #timer: Disposable | undefined

  constructor(clock: Clock, ms: number, onDue: (member: T) => void) {
    this.#clock = clock
    this.#ms = ms
    this.#onDue = onDue
  }

  /** Returns a ticket to leave with. */
  add(member: T): number {
    this.#members.push(member)
    this.#cameAt.push(this.#clock.now())
    this.#timer ??= this.#clock.after(this.#ms, () => this.#tick())
    return this.#first + this.#members.length - 1
  }

  /** Leaves, unless it was due before. */
  delete(ticket: number): void {
    const at = ticket - this.#first
    if (at >= this.#head) this.#members[at] = undefined
  }

  #tick(): void {
    this.#timer = undefined
    // A timer of Node may fire a part of a millisecond before its time.
    const now = Math.ceil(this.#clock.now())
    while (this.#head < this.#members.length && (this.#cameAt[this.#head] ?? 0) + this.#ms <= now) {
      const member = this.#members[this.#head]
      this.#members[this.#head] = undefined
      this.#head += 1
      if (member !== undefined) this.#onDue(member)
    }
    this.#giveBack()
    const next = this.#cameAt[this.#head]
    if (next !== undefined && this.#timer === undefined) {
      this.#timer = this.#clock.after(Math.max(0, next + this.#ms - this.#clock.now()), () => this.#tick())
    }
  }

  #giveBack(): void {
    const isEmpty = this.#head === this.#members.length
    if (!isEmpty && (this.#head < SPARE || 2 * this.#head < this.#members.length)) return
    this.#first += this.#head
    this.#members = this.#members.slice(this.#head)
    this.#cameAt = this.#cameAt.slice(this.#head)
    this.#head = 0
  }
}
