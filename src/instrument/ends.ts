/** Tasks of one client of which it is known when their last session ended. */
const MAX_PATHS = 16

/** When the last session of each of a client's tasks ended; of one alone, as a rule, and then without a table. */
export class Ends {
  #path: string | undefined
  #at = 0
  #others: Map<string, number> | undefined

  note(path: string, at: number): void {
    if (this.#path !== undefined && this.#path !== path) {
      this.#others ??= new Map()
      this.#others.delete(path)
      this.#others.set(this.#path, this.#at)
      const [oldest] = this.#others.keys()
      if (this.#others.size > MAX_PATHS && oldest !== undefined) this.#others.delete(oldest)
    }
    this.#path = path
    this.#at = at
  }

  /** When that was; it is told once. */
  take(path: string): number | undefined {
    if (this.#path === path) {
      this.#path = undefined
      return this.#at
    }
    const at = this.#others?.get(path)
    this.#others?.delete(path)
    return at
  }
}
