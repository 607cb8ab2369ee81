import type { Clock } from '#core'
import { isTerminal } from '#protocol'
import { advance } from '../advance.ts'
import type { PublishedEvent, TaskSnapshot } from '../store.ts'

export interface FeedOptions {
  /** What came after a sequence; undefined when the store has lost the task, or some of its events. */
  read(afterSeq: number): Promise<PublishedEvent[] | undefined>
  /** Live events were missing and were read. */
  onGap(): void
  clock: Pick<Clock, 'after'>
}

export interface FeedListener {
  onEvent(published: PublishedEvent): void
  onLost(): void
}

/** Between two attempts to read while the store does not answer, in milliseconds. */
export const RETRY_MS = 500

/**
 * The live events of one task, for all its listeners in this process: in order, each once, without a gap. What
 * the broker did not bring is read from the history.
 */
export class Feed {
  readonly listeners = new Set<FeedListener>()
  readonly #options: FeedOptions
  /** As of the newest event that was handed on; undefined until it is known. */
  #task: TaskSnapshot | undefined
  /** True while the broker brings what is published. */
  #isSubscribed = true
  #waiting: PublishedEvent[] = []
  /** Events may be missing that nobody has read yet. */
  #isBehind = false
  #isHealing = false

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** Live events count from here. Call it after subscribing. */
  begin(task: TaskSnapshot): void {
    this.#task ??= task
    if (this.#isBehind) void this.#heal()
    else this.#handOn()
  }

  /** The task as far as its events were handed on; undefined while some may be missing, and after its end. */
  get task(): TaskSnapshot | undefined {
    if (!this.#task || !this.#isSubscribed || this.#isBehind || this.#isHealing) return undefined
    return isTerminal(this.#task.status) ? undefined : this.#task
  }

  /** A live event arrived from the broker. */
  live(published: PublishedEvent): void {
    this.#waiting.push(published)
    if (!this.#isHealing) this.#handOn()
  }

  /** The broker has forgotten the subscription. */
  unsubscribed(): void {
    this.#isSubscribed = false
  }

  /** The subscription is back: what came meanwhile is a gap like any other. */
  resubscribed(): void {
    this.#isSubscribed = true
    this.#isBehind = true
    void this.#heal()
  }

  /** As often as it takes: nobody else would ask again, and the task's last event may be among what is missing. */
  async #heal(): Promise<void> {
    if (this.#isHealing) return
    this.#isHealing = true
    const { read, clock } = this.#options
    while (this.#isBehind && this.#task && this.listeners.size > 0) {
      this.#isBehind = false
      const [ahead] = this.#waiting
      try {
        this.#fill(await read(this.#task.seq), ahead)
      } catch {
        this.#isBehind = true
        await new Promise<void>(resolve => clock.after(RETRY_MS, resolve))
      }
    }
    this.#isHealing = false
  }

  /** `ahead` is what had arrived before the read began: the history has all that came before it, or has it no more. */
  #fill(missed: readonly PublishedEvent[] | undefined, ahead: PublishedEvent | undefined): void {
    if (!missed) {
      this.#task = undefined
      for (const { onLost } of this.listeners) onLost()
      return
    }
    if (missed.length > 0) this.#options.onGap()
    // The history may begin later than what is missing: each session's own check tells its client.
    const from = (missed[0] ?? ahead)?.event.seq ?? 0
    if (this.#task && from > this.#task.seq + 1) this.#task = { ...this.#task, seq: from - 1 }
    for (const published of missed) this.#hand(published)
    this.#handOn()
  }

  /** Hands on what waits, as far as it has no gap. */
  #handOn(): void {
    while (this.#task && this.#waiting.length > 0) {
      const [next] = this.#waiting
      if (next && next.event.seq > this.#task.seq + 1) {
        this.#isBehind = true
        void this.#heal()
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
