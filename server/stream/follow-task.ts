import type { MeteredSession } from '#instrument'
import { METRICS, mergeFrames, sharedFrame } from '#instrument'
import { CLOSE, type CurrentStatusFrame, isTerminal, type ResumeResult, type ServerFrame } from '#protocol'
import type { PublishedEvent, TaskSnapshot } from '../store/store.ts'
import type { StreamContext } from './context.ts'
import type { Member } from './fanout.ts'
import { type Outbox, outbox } from './outbox.ts'
import type { StreamRequest } from './request.ts'
import { historyFrom, planResume } from './resume.ts'

/** Greeting, snapshot, history, then live events to the terminal one; joined without a gap or a duplicate. */
export const followTask = (
  context: StreamContext,
  session: MeteredSession,
  request: StreamRequest,
): Promise<void> => new Follower(context, session, request).follow()

/**
 * A class, since a fan-out goes through thousands of them for each message: what it reads of one lies in few places,
 * and each place is a wait for memory.
 */
class Follower implements Member {
  readonly #context: StreamContext
  readonly #session: MeteredSession
  readonly #request: StreamRequest
  readonly #box: Outbox
  /** Sequence of the newest event that the client has, or was told to be without. */
  #delivered = 0
  /** What is published before the client has caught up waits here. */
  #waiting: PublishedEvent[] | undefined = []

  constructor(context: StreamContext, session: MeteredSession, request: StreamRequest) {
    const { settings, meter, clock, faults, log } = context
    const { taskId } = request
    this.#context = context
    this.#session = session
    this.#request = request
    this.#box = outbox({
      session,
      instruments: meter.instruments,
      clock,
      highWaterBytes: settings.slowConsumerBytes,
      slowMs: settings.slowConsumerMs,
      finish: ended => faults.at('finish', finish)(ended),
      onGiveUp: waitedBytes => {
        const buffered = session.buffered + waitedBytes
        const reason = 'slow_consumer'
        log.warn({ task_id: taskId, reason, buffered_bytes: buffered }, 'websocket_given_up')
      },
    })
  }

  async follow(): Promise<void> {
    const { reader, store, fanout, boxes, faults, meter } = this.#context
    const { taskId } = this.#request
    const session = this.#session
    // Joined before the snapshot is read: what is published in between waits.
    const membership = await fanout.join(taskId, this)
    session.onClosing(() => membership[Symbol.dispose]())
    boxes.add(this.#box)
    session.onClosing(() => void boxes.delete(this.#box))

    const task = await reader.read(taskId)
    if (!task) throw new Error(`task ${taskId} is gone`)
    const from = historyFrom(this.#request, task)
    let kept = await reader.history(taskId, from)
    // A joined read may have begun before this client was subscribed.
    if ((kept.at(-1)?.event.seq ?? 0) < task.seq && from < task.seq) kept = await store.history(taskId, from)
    // Somebody has ended it while we read: there is nobody to tell, and nothing is wrong.
    if (!session.open) return
    const { result, afterSeq } = planResume(this.#request, task, kept)
    if (result) meter.instruments.add(METRICS.wsResumesTotal, { result })
    this.#greet(task, result)
    if (isTerminal(task.status) && result === 'nothing_missed') return faults.at('finish', finish)(session)
    // Whoever asked for no history still learns how a finished task ended.
    const isLate = isTerminal(task.status) && afterSeq >= task.seq
    this.#delivered = isLate ? task.seq - 1 : Math.max(afterSeq, (kept[0]?.event.seq ?? 1) - 1)
    this.#catchUp(kept)
  }

  #greet(task: TaskSnapshot, result: ResumeResult | undefined): void {
    const { heartbeatMs, reconnectWindowMs } = this.#context.settings
    const greeting = [
      {
        type: 'connected',
        task_id: task.task_id,
        epoch: task.epoch,
        seq: task.seq,
        ...(result ? { resume: result } : {}),
        heartbeat_ms: heartbeatMs,
        reconnect_window_ms: reconnectWindowMs,
      },
      statusFrame(task),
    ] satisfies ServerFrame[]
    // In one write: a thousand that come back at once are a thousand writes less.
    const frames = greeting.map(frame => sharedFrame(JSON.stringify(frame), frame.type))
    this.#session.sendShared(frames, mergeFrames(frames))
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
    if (published[0]?.event.seq === this.#delivered + 1) {
      this.#delivered = published.at(-1)?.event.seq ?? this.#delivered
      this.#box.send(published, merged)
    } else this.#deliverDue(published.filter(({ event }) => event.seq > this.#delivered))
  }

  #deliverDue(due: readonly PublishedEvent[]): void {
    const [first] = due
    if (!first) return
    if (first.event.seq > this.#delivered + 1) {
      this.#context.meter.instruments.add(METRICS.taskSequenceGapsTotal, { where: 'connection' })
      this.#waiting = [...due]
      this.#heal().catch(() =>
        this.#session.close(CLOSE.restart, 'events were missed, come back', 'server_error'),
      )
      return
    }
    this.#delivered = due.at(-1)?.event.seq ?? this.#delivered
    this.#box.send(due)
  }

  /** Reads what is missing; what the store does not keep any more only a new connection can tell the client. */
  async #heal(): Promise<void> {
    const missed = await this.#context.store.history(this.#request.taskId, this.#delivered)
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

export function statusFrame(task: TaskSnapshot): CurrentStatusFrame {
  return {
    type: 'current_status',
    task_id: task.task_id,
    seq: task.seq,
    status: task.status,
    progress: task.progress,
    ...(task.stage === undefined ? {} : { stage: task.stage }),
  }
}

export function send(session: MeteredSession, frame: ServerFrame): 'sent' | 'closed' {
  return session.send(JSON.stringify(frame), frame.type)
}
