import { setTimeout } from 'k6/timers'
import type { Phase } from '../../src/catalog/scenarios/define.ts'
import { type Behaviour, FRESH, type PolicyState } from '../../src/client/policies/index.ts'
import { isTerminal, isUseful, type ServerFrame } from '../../src/protocol/frames.ts'
import { streamPath, withoutPrefix } from '../../src/protocol/paths.ts'
import { type Attempt, type AttemptEnd, openAttempt } from './attempt.ts'
import type { ClientContext, Followed } from './context.ts'
import { metrics } from './metrics.ts'
import { burstSecond, type Loss } from './recovery.ts'
import { tally } from './tally.ts'
import { targetOf } from './tasks.ts'
import { traceparent } from './trace.ts'

/** A session of a client that leaves is usable after this time. */
const USABLE_AFTER_MS = 1_000
/** Whoever was told the end of the task leaves when the server has not closed after this time, in milliseconds. */
const CLOSE_PATIENCE_MS = 2_000
/** A task must have told its end so long after it was due, in milliseconds. */
const OVERDUE_MS = 2_000

export interface FollowOptions {
  behaviour: Behaviour
  task: Followed
  /** The phase that an attempt of this moment belongs to. */
  phaseOf: () => Phase
  /** No attempt is made after it. */
  until: number
  /** Whether it asks to resume where it stood when it comes back. */
  resumes: boolean
  loss?: Loss
  /** How it ended: the task's end was seen, the policy stopped, or the time was up. */
  done: (how: 'ended' | 'stopped' | 'late') => void
}

/** A time that a server told, if it is one: a timer of a text would end the whole VU. */
const millisecondsOf = (told: unknown) => (typeof told === 'number' && told >= 0 ? told : undefined)

export interface Following {
  /** Takes the socket away as a network does, without a code; it comes back by its policy, not before `notBefore`. */
  drop(notBefore?: number): void
}

/** Follows one task: connects, and again as the policy says, until the task ends, the policy stops, or it is late. */
export function follow(context: ClientContext, options: FollowOptions): Following {
  const { behaviour, task, phaseOf, loss } = options
  const { settings } = context
  let attempt: Attempt | undefined
  let dropped = false
  let notBefore = 0
  dial(FRESH)
  return {
    drop(asleepUntil = 0) {
      notBefore = asleepUntil
      if (attempt?.leave()) dropped = true
    },
  }

  function dial(state: PolicyState): void {
    const startedAt = Date.now()
    const phase = phaseOf()
    const tags = { phase }
    const resumes = options.resumes && task.epoch !== ''
    let opened = 0
    let useful = false
    let overstayed = false
    let left = false
    let reconnectWindowMs: number | undefined
    let retryAfterMs: number | undefined
    dropped = false
    task.attempts += 1
    task.firstDialAt ??= startedAt
    countAttempt(startedAt, phase)
    loss?.attempted()

    /** Notes that a client which is to leave at once is still there, by a fault of the generator's. */
    const lookAtTheTime = (lateMs: number) => {
      if (behaviour.leave === null || overstayed || lateMs <= behaviour.leave.withinMs) return
      overstayed = true
      metrics.overstayed.add(1, tags)
    }
    const leave = () => {
      lookAtTheTime(Date.now() - opened)
      left = own.leave()
    }

    /** PROTOCOL.md has the server close after the terminal event. */
    const leaveTheUnclosed = () => {
      if (!context.open.has(own) || dropped || !own.leave()) return
      left = true
      if (task.check) countStreamErrors(['not_closed'], phase)
    }

    const own: Attempt = openAttempt(
      urlOf(resumes),
      {
        tags: { name: templateOf(), phase },
        headers: { traceparent: traceparent(context.ids, context.index, settings.clients) },
      },
      {
        onOpen() {
          opened = Date.now()
          task.check?.opened(opened, resumes ? task.lastSeq : undefined)
          metrics.accepted.add(1, tags)
          metrics.connectMs.add(opened - startedAt, tags)
          if (!task.accepted) metrics.firstConnectMs.add(opened - (task.firstDialAt ?? startedAt), tags)
          task.accepted = true
          // After a stall nobody knows when it really opened.
          lookAtTheTime(context.stalled())
          if (behaviour.leave !== null) setTimeout(leave, behaviour.leave.afterMs)
          // Nobody says when such a task ends: its client stays as long as one of ours would take.
          else if (!settings.createsTasks) setTimeout(leave, Math.max(USABLE_AFTER_MS, task.endsAt - opened))
        },
        onFrame(frame) {
          const now = Date.now()
          tally.count('frames')
          lookAtTheTime(now - opened)
          if (overstayed) return
          countStreamErrors(task.check?.frame(frame, now), phase)
          if (frame.type === 'connected') {
            reconnectWindowMs = millisecondsOf(frame.reconnect_window_ms)
            // A server of another make may greet too, and knows nothing of resuming.
            if (task.check) task.epoch = frame.epoch
          }
          if (frame.type === 'error') retryAfterMs = millisecondsOf(frame.retry_after_ms)
          if (!isUseful(frame.type)) return
          const hadEnded = task.terminal
          if (!useful) {
            useful = true
            metrics.firstMessageMs.add(now - startedAt, tags)
            countRecovery(now)
          }
          noteEvent(frame, phase)
          if (task.terminal && !hadEnded) setTimeout(leaveTheUnclosed, CLOSE_PATIENCE_MS)
        },
        onOwnFailure: () => metrics.ownFailures.add(1),
        onEnd(end) {
          attempt = undefined
          context.open.delete(own)
          context.entry.ended(end.opened)
          const now = Date.now()
          metrics.ended.add(1, tags)
          const hasLeft = dropped || left || context.isOver()
          if (end.opened) tally.closed(end.code, hasLeft)
          else tally.count('refused')
          if (useful && (task.terminal || end.uptimeMs >= USABLE_AFTER_MS)) metrics.usable.add(1, tags)
          // A close that the client began says nothing about the end of the task.
          const code = hasLeft ? undefined : end.code
          if (!overstayed) countStreamErrors(task.check?.ended(now, code), phase)
          if (context.isOver()) return endWithTheRun(end, now, phase)
          next(end, { useful, reconnectWindowMs, retryAfterMs, state, now })
        },
      },
    )
    attempt = own
    context.open.add(own)
  }

  /** It left since the run was over: nothing was lost, but the end of its task may have been kept from it. */
  function endWithTheRun({ opened }: AttemptEnd, now: number, phase: Phase): void {
    const isOverdue = opened && !task.terminal && now > task.endsAt + OVERDUE_MS
    if (task.check && isOverdue) countStreamErrors(['terminal_missing'], phase)
    finish(task.terminal ? 'ended' : 'late')
  }

  function next(
    end: AttemptEnd,
    {
      useful,
      reconnectWindowMs,
      retryAfterMs,
      state,
      now,
    }: {
      useful: boolean
      reconnectWindowMs: number | undefined
      retryAfterMs: number | undefined
      state: PolicyState
      now: number
    },
  ): void {
    if (task.terminal || (!settings.createsTasks && useful && !dropped && end.uptimeMs >= USABLE_AFTER_MS)) {
      loss?.over()
      finish('ended')
      return
    }
    loss?.lost(now)
    // A socket that was taken away ended as the network ends one: without a code.
    const code = dropped || end.code === undefined ? {} : { code: end.code }
    const window = reconnectWindowMs === undefined ? {} : { reconnectWindowMs }
    const told = retryAfterMs === undefined ? {} : { retryAfterMs }
    const step = behaviour.policy.next(
      { opened: end.opened, useful, uptimeMs: end.uptimeMs, ...code, ...window, ...told },
      state,
      context.random,
    )
    if ('stop' in step) {
      loss?.stopped()
      finish('stopped')
      return
    }
    // A client that woke up knows that it was away: it does not wait for a window on top.
    const wait = notBefore > now ? notBefore - now : step.wait
    if (now + wait >= options.until) finish('late')
    else setTimeout(() => dial(step.state), wait)
  }

  function finish(how: 'ended' | 'stopped' | 'late'): void {
    if (task.check) metrics.stalenessMs.add(task.check.stalestMs())
    options.done(how)
  }

  function templateOf(): string {
    return behaviour.path === 'right' ? settings.pathTemplate : withoutPrefix(settings.pathTemplate)
  }

  function urlOf(resumes: boolean): string {
    const query = {
      includeHistory: true,
      clientId: context.clientId,
      ...(resumes ? { resume: { epoch: task.epoch, seq: task.lastSeq } } : {}),
    }
    const target = targetOf(settings, context.index + task.attempts - 1)
    return target.replace('http', 'ws') + streamPath(task.taskId, query, templateOf())
  }

  function countAttempt(at: number, phase: Phase): void {
    metrics.attempts.add(1, { phase })
    metrics.attemptAt.add(at, { phase })
    if (task.attempts > 1) {
      metrics.reconnects.add(1, { phase })
      const second = burstSecond(settings.phases, at)
      if (second !== undefined) metrics.reconnectsInSecond.add(1, { second })
    }
    if (phase === 'fault' && context.refusal !== undefined) {
      metrics.attemptsByRefusal.add(1, { refusal: context.refusal })
    }
  }

  function countStreamErrors(faults: readonly string[] | undefined, phase: Phase): void {
    for (const cause of faults ?? []) metrics.streamErrors.add(1, { phase, cause })
  }

  function countRecovery(now: number): void {
    const recovery = loss?.served(now)
    if (!recovery) return
    tally.count('back')
    metrics.recoveryMs.add(recovery.recoveryMs)
    metrics.attemptsPerRecovery.add(recovery.attempts)
  }

  function noteEvent(frame: ServerFrame, phase: Phase): void {
    if (frame.type === 'current_status') return
    if ('seq' in frame && typeof frame.seq === 'number') task.lastSeq = Math.max(task.lastSeq, frame.seq)
    if (!task.firstProgress) {
      task.firstProgress = true
      metrics.firstProgressSeen.add(1, { phase })
    }
    if (isTerminal(frame.type) && !task.terminal) {
      task.terminal = true
      metrics.terminalSeen.add(1, { phase })
    }
  }
}
