import type { MeteredSession } from '#instrument'
import { METRICS, mergeFrames, sharedFrame } from '#instrument'
import { CLOSE, type CurrentStatusFrame, isTerminal, type ServerFrame } from '#protocol'
import type { PublishedEvent, TaskSnapshot } from '../store/store.ts'
import type { StreamContext } from './context.ts'
import { outbox } from './outbox.ts'
import type { StreamRequest } from './request.ts'
import { historyFrom, planResume } from './resume.ts'

/** Greeting, snapshot, history, then live events to the terminal one; joined without a gap or a duplicate. */
export async function followTask(
  context: StreamContext,
  session: MeteredSession,
  request: StreamRequest,
): Promise<void> {
  const { settings, meter, clock, reader, faults, log } = context
  const { taskId } = request
  const { instruments } = meter
  const box = outbox({
    session,
    instruments,
    clock,
    highWaterBytes: settings.slowConsumerBytes,
    slowMs: settings.slowConsumerMs,
    finish: ended => faults.at('finish', finish)(ended),
    onGiveUp: waitedBytes => {
      const buffered = session.buffered + waitedBytes
      log.warn({ task_id: taskId, reason: 'slow_consumer', buffered_bytes: buffered }, 'websocket_given_up')
    },
  })
  /** Sequence of the newest event that the client has, or was told to be without. */
  let delivered = Number.POSITIVE_INFINITY
  /** What is published before the client has caught up waits here. */
  let waiting: PublishedEvent[] | undefined = []

  function deliver(published: readonly PublishedEvent[], merged?: Buffer): void {
    if (!session.open) return
    if (waiting) return void waiting.push(...published)
    // As a rule the next ones come, in order: nothing is looked for then.
    if (published[0]?.event.seq === delivered + 1) {
      delivered = published.at(-1)?.event.seq ?? delivered
      box.send(published, merged)
      return
    }
    const due = published.filter(({ event }) => event.seq > delivered)
    const [first] = due
    const last = due.at(-1)
    if (!first || !last) return
    if (first.event.seq > delivered + 1) {
      instruments.add(METRICS.taskSequenceGapsTotal, { where: 'connection' })
      waiting = due
      heal().catch(() => session.close(CLOSE.restart, 'events were missed, come back', 'server_error'))
      return
    }
    delivered = last.event.seq
    box.send(due)
  }

  /** Reads what is missing; what the store does not keep any more only a new connection can tell the client. */
  async function heal(): Promise<void> {
    const missed = await context.store.history(taskId, delivered)
    if ((missed[0]?.event.seq ?? 0) !== delivered + 1) throw new Error('what is missing is gone')
    catchUp(missed)
  }

  function catchUp(missed: readonly PublishedEvent[]): void {
    const newest = missed.at(-1)?.event.seq ?? 0
    const later = (waiting ?? []).filter(({ event }) => event.seq > newest)
    waiting = undefined
    deliver([...missed, ...later])
  }

  // Joined before the snapshot is read: what is published in between waits.
  const membership = await context.fanout.join(taskId, {
    deliver,
    isSlow: () => box.isSlow(),
    lost: () => session.close(CLOSE.restart, 'the store has lost the task, come back', 'server_error'),
  })
  session.onClosing(() => membership[Symbol.dispose]())
  context.boxes.add(box)
  session.onClosing(() => void context.boxes.delete(box))

  const task = await reader.read(taskId)
  if (!task) throw new Error(`task ${taskId} is gone`)
  let kept = await reader.history(taskId, historyFrom(request, task))
  // A joined read may have begun before this client was subscribed.
  if ((kept.at(-1)?.event.seq ?? 0) < task.seq && historyFrom(request, task) < task.seq) {
    kept = await context.store.history(taskId, historyFrom(request, task))
  }
  // Somebody has ended it while we read: there is nobody to tell, and nothing is wrong.
  if (!session.open) return
  const { result, afterSeq } = planResume(request, task, kept)
  if (result) instruments.add(METRICS.wsResumesTotal, { result })

  const greeting = [
    {
      type: 'connected',
      task_id: taskId,
      epoch: task.epoch,
      seq: task.seq,
      ...(result ? { resume: result } : {}),
      heartbeat_ms: settings.heartbeatMs,
      reconnect_window_ms: settings.reconnectWindowMs,
    },
    statusFrame(task),
  ] satisfies ServerFrame[]
  // In one write: a thousand that come back at once are a thousand writes less.
  const frames = greeting.map(frame => sharedFrame(JSON.stringify(frame), frame.type))
  session.sendShared(frames, mergeFrames(frames))
  if (isTerminal(task.status) && result === 'nothing_missed') {
    return faults.at('finish', finish)(session)
  }
  // Whoever asked for no history still learns how a finished task ended.
  const isLate = isTerminal(task.status) && afterSeq >= task.seq
  delivered = isLate ? task.seq - 1 : Math.max(afterSeq, (kept[0]?.event.seq ?? 1) - 1)
  catchUp(kept)
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
