import type { Clock } from '#core'
import { type Instruments, METRICS, type MeteredSession, mergeFrames, type SharedFrame } from '#instrument'
import { CLOSE, isTerminal, type TaskEvent } from '#protocol'
import type { PublishedEvent } from '../store/store.ts'
import { frameOf } from './frame-of.ts'

export interface OutboxOptions {
  session: MeteredSession
  instruments: Instruments
  clock: Clock
  /**
   * Bytes in the socket's buffer above which its client counts as slow, and bytes that may wait here beside them;
   * not under 64 KiB, see `onDrain`.
   */
  highWaterBytes: number
  /** A client that is slow for so long is closed, in milliseconds. */
  slowMs: number
  /** Called when the terminal event is on its way: closes the session. */
  finish: (session: MeteredSession) => void
  /** Called when the client is given up; `waitedBytes` had not been written to its socket. */
  onGiveUp: (waitedBytes: number) => void
}

/** What a session still has to send. */
export interface Outbox {
  /** Events in order, each once. `merged` are their frames in one piece, where somebody has made it already. */
  send(published: readonly PublishedEvent[], merged?: Buffer): void
  /** Bytes that wait here and in the socket. */
  buffered(): number
  /** True while its client does not keep up. */
  isSlow(): boolean
}

const mustArrive = (type: string) => isTerminal(type) || type === 'human_review_required'

/**
 * Writes straight to the socket while its client keeps up. While it does not, progress coalesces here, the latest
 * wins; terminal and review events never drop; and a client that stays slow is closed, so that it costs bounded
 * memory and delays nobody.
 */
export function outbox(options: OutboxOptions): Outbox {
  const { session, instruments, clock, highWaterBytes, slowMs, finish, onGiveUp } = options
  let waiting: TaskEvent[] = []
  let limit: Disposable | undefined
  let listens = false

  function write(frames: readonly SharedFrame[], merged: Buffer): void {
    if (session.sendShared(frames, merged) === 'closed') return
    if (frames.some(({ type }) => isTerminal(type))) finish(session)
    else if (!limit && session.buffered > highWaterBytes) slowDown()
  }

  function slowDown(): void {
    if (!listens) session.onDrain(keptUp)
    listens = true
    limit = clock.after(slowMs, giveUp)
  }

  function giveUp(): void {
    instruments.add(METRICS.wsSlowConsumerActionsTotal, { action: 'close' })
    onGiveUp(waitingBytes())
    session.close(CLOSE.slowConsumer, 'the client reads too slowly', 'slow_consumer')
  }

  /** The client has caught up, for now. */
  function keptUp(): void {
    if (!limit) return
    limit[Symbol.dispose]()
    limit = undefined
    const frames = waiting.map(frameOf)
    waiting = []
    if (frames.length > 0) write(frames, mergeFrames(frames))
  }

  function wait(event: TaskEvent): void {
    const last = waiting.at(-1)
    if (last && !mustArrive(last.type) && !mustArrive(event.type)) {
      // The client learns how many numbers it will not see, so that it takes them for no gap.
      waiting[waiting.length - 1] = { ...event, skipped: (last.skipped ?? 0) + 1 }
      instruments.add(METRICS.wsSlowConsumerActionsTotal, { action: 'coalesce' })
      instruments.add(METRICS.wsSendsTotal, { type: last.type, outcome: 'coalesced' })
    } else waiting.push(event)
    // Progress alone cannot grow; what must arrive can.
    if (mustArrive(event.type) && waitingBytes() > highWaterBytes) giveUp()
  }

  const waitingBytes = () => waiting.reduce((bytes, event) => bytes + frameOf(event).bytes.length, 0)

  session.onClosing(() => {
    limit?.[Symbol.dispose]()
    for (const { type } of waiting) {
      if (mustArrive(type)) instruments.add(METRICS.wsTerminalUndeliveredTotal, { type })
      else {
        instruments.add(METRICS.wsSlowConsumerActionsTotal, { action: 'drop' })
        instruments.add(METRICS.wsSendsTotal, { type, outcome: 'dropped_slow' })
      }
    }
    waiting = []
  })

  return {
    send(published, merged) {
      if (limit) {
        for (const { event } of published) if (session.open) wait(event)
      } else {
        const frames = published.map(({ event }) => frameOf(event))
        write(frames, merged ?? mergeFrames(frames))
      }
    },
    isSlow: () => session.open && limit !== undefined,
    buffered: () => session.buffered + waitingBytes(),
  }
}
