import { type Clock, remembered } from '#core'
import { type Instruments, METRICS, type MeteredSession, mergeFrames, type SharedFrame } from '#instrument'
import { CLOSE, isTerminal, type TaskEvent } from '#protocol'
import type { PublishedEvent } from '../store/store.ts'
import { frameOf, framesOf } from './frame-of.ts'

/** What the outboxes of a server share. */
export interface OutboxTools {
  instruments: Instruments
  clock: Clock
  /**
   * Bytes in the socket's buffer above which its client counts as slow, and bytes that may wait here beside them;
   * not under 64 KiB, see `onDrain`.
   */
  highWaterBytes: number
  /** A client that is slow for so long is closed, in milliseconds. */
  slowMs: number
}

/** Whose outbox it is. */
export interface OutboxOwner {
  /** The terminal event is on its way: closes the session. */
  finish(): void
  /** The client is given up; `waitedBytes` had not been written to its socket. */
  gaveUp(waitedBytes: number): void
}

/** What a session still has to send. */
export interface Outbox {
  /** Events in order, each once. `merged` are their frames in one piece, where somebody has made it already. */
  send(published: readonly PublishedEvent[], merged?: Buffer): void
  /** Bytes that wait here and in the socket. */
  buffered(): number
  /** True while its client does not keep up. */
  isSlow(): boolean
  /** The session ends: counts what will not be sent. */
  close(): void
}

const endsTask = remembered((frames: readonly SharedFrame[]) => frames.some(({ type }) => isTerminal(type)))

const mustArrive = (type: string) => isTerminal(type) || type === 'human_review_required'

/**
 * Writes straight to the socket while its client keeps up. While it does not, progress coalesces here, the latest
 * wins; terminal and review events never drop; and a client that stays slow is closed, so that it costs bounded
 * memory and delays nobody.
 */
export const outbox = (session: MeteredSession, tools: OutboxTools, owner: OutboxOwner): Outbox =>
  new SessionOutbox(session, tools, owner)

/** A class, since ten thousand connections have one each: methods are shared, closures are not. */
class SessionOutbox implements Outbox {
  /** Beside the tools: a fan-out reads them for each receiver, and each detour is a wait for memory. */
  readonly #session: MeteredSession
  readonly #highWaterBytes: number
  readonly #tools: OutboxTools
  readonly #owner: OutboxOwner
  #waiting: TaskEvent[] | undefined
  #limit: Disposable | undefined
  #listens = false

  constructor(session: MeteredSession, tools: OutboxTools, owner: OutboxOwner) {
    this.#session = session
    this.#highWaterBytes = tools.highWaterBytes
    this.#tools = tools
    this.#owner = owner
  }

  send(published: readonly PublishedEvent[], merged?: Buffer): void {
    if (this.#limit) {
      for (const { event } of published) if (this.#session.open) this.#wait(event)
    } else {
      const frames = framesOf(published)
      this.#write(frames, merged ?? mergeFrames(frames))
    }
  }

  isSlow(): boolean {
    return this.#session.open && this.#limit !== undefined
  }

  buffered(): number {
    return this.#session.buffered + this.#waitingBytes()
  }

  #waitingBytes(): number {
    return this.#waiting?.reduce((bytes, event) => bytes + frameOf(event).bytes.length, 0) ?? 0
  }

  #write(frames: readonly SharedFrame[], merged: Buffer): void {
    const session = this.#session
    if (session.sendShared(frames, merged) === 'closed') return
    if (endsTask(frames)) this.#owner.finish()
    else if (!this.#limit && session.buffered > this.#highWaterBytes) this.#slowDown()
  }

  #slowDown(): void {
    const { clock, slowMs } = this.#tools
    if (!this.#listens) this.#session.onDrain(() => this.#keptUp())
    this.#listens = true
    this.#limit = clock.after(slowMs, () => this.#giveUp())
  }

  #giveUp(): void {
    this.#owner.gaveUp(this.#waitingBytes())
    this.#tools.instruments.add(METRICS.wsSlowConsumerActionsTotal, { action: 'close' })
    this.#session.close(CLOSE.slowConsumer, 'the client reads too slowly', 'slow_consumer')
  }

  /** The client has caught up, for now. */
  #keptUp(): void {
    if (!this.#limit) return
    this.#limit[Symbol.dispose]()
    this.#limit = undefined
    const frames = (this.#waiting ?? []).map(frameOf)
    this.#waiting = undefined
    if (frames.length > 0) this.#write(frames, mergeFrames(frames))
  }

  #wait(event: TaskEvent): void {
    const { instruments } = this.#tools
    this.#waiting ??= []
    const last = this.#waiting.at(-1)
    if (last && !mustArrive(last.type) && !mustArrive(event.type)) {
      // The client learns how many numbers it will not see, so that it takes them for no gap.
      this.#waiting[this.#waiting.length - 1] = { ...event, skipped: (last.skipped ?? 0) + 1 }
      instruments.add(METRICS.wsSlowConsumerActionsTotal, { action: 'coalesce' })
      instruments.add(METRICS.wsSendsTotal, { type: last.type, outcome: 'coalesced' })
    } else this.#waiting.push(event)
    // Progress alone cannot grow; what must arrive can.
    if (mustArrive(event.type) && this.#waitingBytes() > this.#highWaterBytes) this.#giveUp()
  }

  close(): void {
    const { instruments } = this.#tools
    this.#limit?.[Symbol.dispose]()
    for (const { type } of this.#waiting ?? []) {
      if (mustArrive(type)) instruments.add(METRICS.wsTerminalUndeliveredTotal, { type })
      else {
        instruments.add(METRICS.wsSlowConsumerActionsTotal, { action: 'drop' })
        instruments.add(METRICS.wsSendsTotal, { type, outcome: 'dropped_slow' })
      }
    }
    this.#waiting = undefined
  }
}
