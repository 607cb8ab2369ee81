import { remembered, type Soon, whenThere } from '#core'
import { METRICS, type MeteredSession, type SessionListener } from '#instrument'
import { CLOSE, isTerminal, type ServerFrame } from '#protocol'
import type { PublishedEvent, TaskSnapshot } from '../store/store.ts'
import type { StreamContext } from './context.ts'
import type { Member } from './fanout.ts'
import { greetingsOf } from './greeting.ts'
import { type Outbox, type OutboxOwner, type OutboxTools, outbox } from './outbox.ts'
import type { StreamRequest } from './request.ts'
import { historyFrom, planResume } from './resume.ts'

/**
 * Greeting, snapshot, history, then live events to the terminal one; joined without a gap or a duplicate. All within
 * the call, where the store answers at once.
 */
export const followTask = (
  context: StreamContext,
  session: MeteredSession,
  request: StreamRequest,
): Soon<void> => new Follower(context, session, request).follow(request)

/** One for all sessions of a server. */
const outboxTools = remembered(
  ({ settings, meter, clock }: StreamContext): OutboxTools => ({
    instruments: meter.instruments,
    clock,
    highWaterBytes: settings.slowConsumerBytes,
    slowMs: settings.slowConsumerMs,
  }),
)

/**
 * A class, since a fan-out goes through thousands of them for each message: what it reads of one lies in few places,
 * and each place is a wait for memory.
 */
class Follower implements Member, OutboxOwner, SessionListener {
  readonly #context: StreamContext
  readonly #session: MeteredSession
  readonly #box: Outbox
  readonly #taskId: string
  #membership: Disposable | undefined
  /** Sequence of the newest event that the client has, or was told to be without. */
  #delivered = 0
  /** What is published before the client has caught up waits here. */
  #waiting: PublishedEvent[] | undefined = []

  constructor(context: StreamContext, session: MeteredSession, request: StreamRequest) {
    this.#context = context
    this.#session = session
    this.#taskId = request.taskId
    this.#box = outbox(session, outboxTools(context), this)
  }

  follow(request: StreamRequest): Soon<void> {
    // Joined before the snapshot is read: what is published in between waits.
    return whenThere(this.#context.fanout.join(this.#taskId, this), membership => {
      const { reader, boxes } = this.#context
      this.#membership = membership
      boxes.add(this.#box)
      this.#session.listen(this)
      // What the client has seen, perhaps from another replica, must be known here.
      return whenThere(reader.read(this.#taskId, request.resume?.seq), task => this.#begin(request, task))
    })
  }

  onClosing(): void {
    this.#membership?.[Symbol.dispose]()
    this.#box.close()
    this.#context.boxes.delete(this.#box)
  }

  #begin(request: StreamRequest, task: TaskSnapshot | undefined): Soon<void> {
    if (!task) throw new Error(`task ${this.#taskId} is gone`)
    return whenThere(this.#history(historyFrom(request, task), task.seq), kept =>
      this.#start(request, task, kept),
    )
  }

  /** Events above a sequence; those up to `known` are there, which has been published, and later ones may be. */
  #history(afterSeq: number, known: number): Soon<readonly PublishedEvent[]> {
    const { reader } = this.#context
    return whenThere(reader.history(this.#taskId, afterSeq), kept => {
      // A joined read may have begun before that was published; none that is under way when it ends has.
      const isOld = (kept.at(-1)?.event.seq ?? 0) < known && afterSeq < known
      return isOld ? reader.history(this.#taskId, afterSeq) : kept
    })
  }

  #start(request: StreamRequest, task: TaskSnapshot, kept: readonly PublishedEvent[]): void {
    const { settings, meter } = this.#context
    const session = this.#session
    // Somebody has ended it while we read: there is nobody to tell, and nothing is wrong.
    if (!session.open) return
    const { result, afterSeq } = planResume(request, task, kept)
    if (result) meter.instruments.add(METRICS.wsResumesTotal, { result })
    const { frames, merged } = greetingsOf(settings)(task, result)
    session.sendShared(frames, merged)
    if (isTerminal(task.status) && result === 'nothing_missed') return void this.finish()
    // Whoever asked for no history still learns how a finished task ended.
    const isLate = isTerminal(task.status) && afterSeq >= task.seq
    this.#delivered = isLate ? task.seq - 1 : Math.max(afterSeq, (kept[0]?.event.seq ?? 1) - 1)
    this.#catchUp(kept)
  }

  finish(): void {
    this.#context.faults.at('finish', finish)(this.#session)
  }

  gaveUp(waitedBytes: number): void {
    const buffered = this.#session.buffered + waitedBytes
    const fields = { task_id: this.#taskId, reason: 'slow_consumer', buffered_bytes: buffered }
    this.#context.log.warn(fields, 'websocket_given_up')
  }

  isSlow(): boolean {
    return this.#box.isSlow()
  }

  lost(): void {
    this.#session.close(CLOSE.restart, 'the store has lost the task, come back', 'server_error')
  }

  deliver(published: readonly PublishedEvent[], merged?: Buffer): void {
    if (!this.#session.open) return
    if (this.#waiting) return void this.#waiting.push(...published)
    // As a rule the next ones come, in order: nothing is looked for then.
    if (this.#isNext(published)) {
      this.#delivered += published.length
      this.#box.send(published, merged)
    } else this.#deliverDue(published.filter(({ event }) => event.seq > this.#delivered))
  }

  /** True when they follow what the client has, without a gap before or between them. */
  #isNext(published: readonly PublishedEvent[]): boolean {
    const before = this.#delivered
    return published[0]?.event.seq === before + 1 && published.at(-1)?.event.seq === before + published.length
  }

  #deliverDue(due: readonly PublishedEvent[]): void {
    const last = due.at(-1)
    if (!last) return
    if (!this.#isNext(due)) {
      this.#context.meter.instruments.add(METRICS.taskSequenceGapsTotal, { where: 'connection' })
      this.#waiting = [...due]
      this.#heal(last.event.seq).catch(() =>
        this.#session.close(CLOSE.restart, 'events were missed, come back', 'server_error'),
      )
      return
    }
    this.#delivered = last.event.seq
    this.#box.send(due)
  }

  /** Reads what is missing, up to a sequence; what is not kept any more only a new connection can tell the client. */
  async #heal(upTo: number): Promise<void> {
    const missed = await this.#history(this.#delivered, upTo)
    if ((missed[0]?.event.seq ?? 0) !== this.#delivered + 1) throw new Error('what is missing is gone')
    this.#catchUp(missed)
  }

  #catchUp(missed: readonly PublishedEvent[]): void {
    const newest = missed.at(-1)?.event.seq ?? 0
    const later = (this.#waiting ?? []).filter(({ event }) => event.seq > newest)
    this.#waiting = undefined
    this.deliver([...missed, ...later])
  }
}

/** The stream of a task that has ended is over. */
function finish(session: MeteredSession): void {
  session.close(CLOSE.ended, 'the task has ended')
}

export function send(session: MeteredSession, frame: ServerFrame): 'sent' | 'closed' {
  return session.send(JSON.stringify(frame), frame.type)
}
