import type { PublishedEvent } from '../store.ts'

/**
 * The live events of one task, for all its listeners in this process: in order, each once, without a gap. What
 * the broker did not bring is read from the history.
 */
export class Feed {
  readonly listeners = new Set<{ onEvent: (published: PublishedEvent) => void; onLost: () => void }>()
  /** Sequence of the newest event that was handed on; undefined until it is known. */
  #seq: number | undefined
  #waiting: PublishedEvent[] = []
  #healing: Promise<void> | undefined
  readonly #read: (afterSeq: number) => Promise<PublishedEvent[] | undefined>
  readonly #onGap: () => void

  /** `read` gives what came after a sequence; undefined when the store has lost the task, or some of its events. */
  constructor(read: (afterSeq: number) => Promise<PublishedEvent[] | undefined>, onGap: () => void) {
    this.#read = read
    this.#onGap = onGap
  }

  /** Live events count from here. Call it once, after subscribing. */
  begin(seq: number): void {
    this.#seq ??= seq
    this.#drain()
  }

  /** A live event arrived from the broker. */
  live(published: PublishedEvent): void {
    this.#waiting.push(published)
    if (!this.#healing) this.#drain()
  }

  /** The subscription was lost and is back: what came meanwhile is a gap like any other. */
  resubscribed(): Promise<void> {
    return this.#healOnce(true)
  }

  /** Reads what the broker did not bring. `countsIt` where nobody has counted the gap yet. */
  #healOnce(countsIt: boolean): Promise<void> {
    this.#healing ??= this.#heal(countsIt).finally(() => {
      this.#healing = undefined
    })
    return this.#healing
  }

  async #heal(countsIt: boolean): Promise<void> {
    let isCounted = !countsIt
    while (this.#seq !== undefined) {
      const missed = await this.#read(this.#seq)
      if (missed && missed.length > 0 && !isCounted) {
        isCounted = true
        this.#onGap()
      }
      const first = missed?.[0]?.event.seq
      if (!missed) {
        for (const { onLost } of this.listeners) onLost()
        return
      }
      // The history may begin later than what is missing: each session's own check tells its client.
      if (first !== undefined && first > this.#seq + 1) this.#seq = first - 1
      for (const published of missed) this.#hand(published)
      while ((this.#waiting[0]?.event.seq ?? Number.POSITIVE_INFINITY) <= this.#seq + 1) {
        const next = this.#waiting.shift()
        if (next) this.#hand(next)
      }
      if (this.#waiting.length === 0) return
    }
  }

  #drain(): void {
    if (this.#seq === undefined) return
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting
      if (next && next.event.seq > this.#seq + 1) {
        this.#onGap()
        void this.#healOnce(false).catch(() => {})
        return
      }
      this.#waiting.shift()
      if (next) this.#hand(next)
    }
  }

  #hand(published: PublishedEvent): void {
    const { seq } = published.event
    if (this.#seq !== undefined && seq <= this.#seq) return
    this.#seq = seq
    for (const { onEvent } of this.listeners) onEvent(published)
  }
}
