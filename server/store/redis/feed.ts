import { isTerminal } from '#protocol'
import { advance } from '../advance.ts'
import type { PublishedEvent, TaskSnapshot } from '../store.ts'

/**
 * The live events of one task, for all its listeners in this process: in order, each once, without a gap. What
 * the broker did not bring is read from the history.
 */
export class Feed {
  readonly listeners = new Set<{ onEvent: (published: PublishedEvent) => void; onLost: () => void }>()
  /** As of the newest event that was handed on; undefined until it is known. */
  #task: TaskSnapshot | undefined
  /** True while the broker brings what is published. */
  #isSubscribed = true
  #waiting: PublishedEvent[] = []
  #healing: Promise<void> | undefined
  readonly #read: (afterSeq: number) => Promise<PublishedEvent[] | undefined>
  readonly #onGap: () => void

  /** `read` gives what came after a sequence; undefined when the store has lost the task, or some of its events. */
  constructor(read: (afterSeq: number) => Promise<PublishedEvent[] | undefined>, onGap: () => void) {
    this.#read = read
    this.#onGap = onGap
  }

  /** Live events count from here. Call it after subscribing. */
  begin(task: TaskSnapshot): void {
    this.#task ??= task
    this.#drain()
  }

  /** The task as far as its events were handed on; undefined while some may be missing, and after its end. */
  get task(): TaskSnapshot | undefined {
    if (!this.#task || !this.#isSubscribed || this.#healing || isTerminal(this.#task.status)) return undefined
    return this.#task
  }

  /** A live event arrived from the broker. */
  live(published: PublishedEvent): void {
    this.#waiting.push(published)
    if (!this.#healing) this.#drain()
  }

  /** The broker has forgotten the subscription. */
  unsubscribed(): void {
    this.#isSubscribed = false
  }

  /** The subscription is back: what came meanwhile is a gap like any other. */
  async resubscribed(): Promise<void> {
    // A read that began before may have ended before.
    await this.#healing?.catch(() => {})
    await this.#healOnce(true)
    this.#isSubscribed = true
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
    while (this.#task) {
      const missed = await this.#read(this.#task.seq)
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
      if (first !== undefined && first > this.#task.seq + 1) this.#task = { ...this.#task, seq: first - 1 }
      for (const published of missed) this.#hand(published)
      while ((this.#waiting[0]?.event.seq ?? Number.POSITIVE_INFINITY) <= this.#task.seq + 1) {
        const next = this.#waiting.shift()
        if (next) this.#hand(next)
      }
      if (this.#waiting.length === 0) return
    }
  }

  #drain(): void {
    if (!this.#task) return
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting
      if (next && next.event.seq > this.#task.seq + 1) {
        this.#onGap()
        void this.#healOnce(false).catch(() => {})
        return
      }
      this.#waiting.shift()
      if (next) this.#hand(next)
    }
  }

  #hand(published: PublishedEvent): void {
    if (!this.#task || published.event.seq <= this.#task.seq) return
    this.#task = advance(this.#task, published.event)
    for (const { onEvent } of this.listeners) onEvent(published)
  }
}
