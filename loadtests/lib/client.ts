import http from 'k6/http'
import { setTimeout } from 'k6/timers'
import type { Phase } from '../../src/catalog/scenarios/define.ts'
import {
  type Behaviour,
  FRESH,
  followsTasks,
  type PolicyState,
  type Random,
} from '../../src/client/policies/index.ts'
import { isTerminal, isUseful } from '../../src/protocol/frames.ts'
import { streamPath, TASKS_PATH } from '../../src/protocol/paths.ts'
import { type Attempt, openAttempt } from './attempt.ts'
import { metrics } from './metrics.ts'
import type { Settings } from './settings.ts'
import { streamCheck } from './stream-check.ts'

/** A session of a client that leaves is usable after this time. */
const USABLE_AFTER_MS = 1_000
/** Time beside the task's own that following it takes, at most. */
const FOLLOW_MARGIN_MS = 600
/** Events of the tasks that the crowd follows, before the terminal one. */
const STEPS = 4

/** What a client knows of the task that it follows. */
interface Followed {
  taskId: string
  attempts: number
  firstProgress: boolean
  terminal: boolean
  lastSeq: number
  epoch: string
}

export interface ClientContext {
  settings: Settings
  random: Random
  clientId: string
  /** Milliseconds since the event loop was last seen to turn. */
  stalled: () => number
  /** Told of each attempt in the fault phase. */
  onFaultAttempt: (at: number) => void
}

/** Lives through the three phases: well-behaved, in the scenario's way when it is one of the bad, well-behaved. */
export function startClient(context: ClientContext, isBad: boolean): void {
  const { settings, random } = context
  const { warmup, fault, recovery } = settings.phases
  const { behaviour } = settings
  const later = (at: number, run: () => void) => setTimeout(run, Math.max(0, at - Date.now()))
  const stagger = random() * settings.taskMs
  if (isBad && behaviour.dropsAtOnce) {
    const length = fault.from - warmup.from + 0.8 * (fault.to - fault.from)
    later(warmup.from + stagger, () => followLong(context, behaviour, 'warmup', length, fault.from))
  } else {
    later(warmup.from + stagger, () => followNext(context, 'warmup'))
    later(fault.from + (isBad ? 0 : stagger), () => {
      if (isBad && behaviour.name !== followsTasks.name) misbehave(context)
      else followNext(context, 'fault')
    })
  }
  later(recovery.from + stagger, () => followNext(context, 'recovery'))
}

/** Follows one task after another, as long as the next can end before the phase does. */
function followNext(context: ClientContext, phase: Phase): void {
  const { taskMs, phases } = context.settings
  if (Date.now() + taskMs * 1.1 + FOLLOW_MARGIN_MS > phases[phase].to) return
  createTask(context, taskMs, phase, task => {
    const until = phases[phase].to
    dial(context, followsTasks, phase, task, FRESH, until, () => followNext(context, phase))
  })
}

/** One task for most of the fault phase, dialled for over and over. */
function misbehave(context: ClientContext): void {
  const { behaviour, phases } = context.settings
  const { from, to } = phases.fault
  createTask(context, 0.6 * (to - from), 'fault', task => {
    dial(context, behaviour, 'fault', task, FRESH, to, () => {})
  })
}

/** Follows one long task; loses its socket at `dropAt` and comes back by its policy. */
function followLong(
  context: ClientContext,
  behaviour: Behaviour,
  phase: Phase,
  length: number,
  dropAt: number,
): void {
  createTask(context, length, phase, task => {
    dial(context, behaviour, phase, task, FRESH, context.settings.phases.fault.to, () => {}, dropAt)
  })
}

function createTask(
  context: ClientContext,
  lengthMs: number,
  phase: Phase,
  then: (task: Followed) => void,
): void {
  const { target, seed } = context.settings
  const body = { kind: 'roadmap_generation', steps: STEPS, pace_ms: Math.round(lengthMs / (STEPS + 1)), seed }
  http
    .asyncRequest('POST', `${target}${TASKS_PATH}`, JSON.stringify(body), {
      headers: { 'Content-Type': 'application/json' },
      tags: { name: TASKS_PATH, phase },
    })
    .then(response => {
      if (response.status !== 202) throw new Error(`${TASKS_PATH} answered ${response.status}`)
      metrics.tasksFollowed.add(1, { phase })
      const { task_id } = response.json() as { task_id: string }
      then({ taskId: task_id, attempts: 0, firstProgress: false, terminal: false, lastSeq: 0, epoch: '' })
    })
    .catch(() => {
      metrics.taskErrors.add(1)
      // Tries again like a person would; the phase's end stops it.
      if (Date.now() + 1_000 < context.settings.phases[phase].to) {
        setTimeout(() => createTask(context, lengthMs, phase, then), 1_000)
      }
    })
}

/** Connects, and again as the policy says, until the task ends, the policy stops, or `until` is reached. */
function dial(
  context: ClientContext,
  behaviour: Behaviour,
  phase: Phase,
  task: Followed,
  state: PolicyState,
  until: number,
  done: () => void,
  dropAt?: number,
): void {
  const { settings, clientId } = context
  const startedAt = Date.now()
  const dropped = dropAt !== undefined && startedAt >= dropAt
  const current: Phase = dropped ? 'fault' : phase
  const tags = { phase: current }
  const resumes = behaviour.dropsAtOnce && task.epoch !== ''
  const resume = resumes ? { resume: { epoch: task.epoch, seq: task.lastSeq } } : {}
  const path = streamPath(task.taskId, { includeHistory: true, clientId, ...resume }, behaviour.pathTemplate)
  const check = streamCheck(resumes ? task.lastSeq : 0)
  let useful = false
  let openedAt = 0
  let overstayed = false
  let reconnectWindowMs: number | undefined

  task.attempts += 1
  metrics.attempts.add(1, tags)
  metrics.attemptAt.add(startedAt, tags)
  if (task.attempts > 1) metrics.reconnects.add(1, tags)
  if (current === 'fault') context.onFaultAttempt(startedAt)

  /** Notes that a client which is to leave at once is still there, by a fault of the generator's. */
  const lookAtTheTime = (lateMs: number) => {
    if (behaviour.leave === null || overstayed || lateMs <= behaviour.leave.withinMs) return
    overstayed = true
    metrics.overstayed.add(1, tags)
  }

  const leave = () => {
    lookAtTheTime(Date.now() - openedAt)
    attempt.leave()
  }

  const attempt: Attempt = openAttempt(
    settings.target.replace('http', 'ws') + path,
    { name: behaviour.pathTemplate, phase: current },
    {
      onOpen() {
        openedAt = Date.now()
        metrics.accepted.add(1, tags)
        metrics.connectMs.add(openedAt - startedAt, tags)
        // After a stall nobody knows when it really opened.
        lookAtTheTime(context.stalled())
        if (behaviour.leave !== null) setTimeout(leave, behaviour.leave.afterMs)
        if (dropAt !== undefined && !dropped) setTimeout(attempt.leave, Math.max(0, dropAt - Date.now()))
      },
      onFrame(frame) {
        lookAtTheTime(Date.now() - openedAt)
        if (overstayed) return
        if (frame.type === 'connected') {
          reconnectWindowMs = frame.reconnect_window_ms
          task.epoch = frame.epoch
        }
        if (check.breaks(frame)) metrics.streamErrors.add(1, tags)
        if (!isUseful(frame.type)) return
        if (!useful) {
          useful = true
          metrics.firstMessageMs.add(Date.now() - startedAt, tags)
          if (dropped && dropAt !== undefined) metrics.recoveryMs.add(Date.now() - dropAt)
        }
        if (frame.type === 'current_status') return
        if ('seq' in frame) task.lastSeq = Math.max(task.lastSeq, frame.seq)
        if (!task.firstProgress) {
          task.firstProgress = true
          metrics.firstProgressSeen.add(1, tags)
        }
        if (isTerminal(frame.type) && !task.terminal) {
          task.terminal = true
          metrics.terminalSeen.add(1, tags)
        }
      },
      onEnd(end) {
        metrics.ended.add(1, tags)
        if (useful && (task.terminal || end.uptimeMs >= USABLE_AFTER_MS)) metrics.usable.add(1, tags)
        // A socket that dropped with all the others ended as the network ends one: without a code.
        const lost = dropAt !== undefined && !dropped && Date.now() >= dropAt
        const code = lost || end.code === undefined ? {} : { code: end.code }
        const window = reconnectWindowMs === undefined ? {} : { reconnectWindowMs }
        const step = behaviour.policy.next(
          { opened: end.opened, useful, uptimeMs: end.uptimeMs, ...code, ...window },
          state,
          context.random,
        )
        if ('stop' in step || Date.now() + step.wait >= until) return done()
        setTimeout(() => dial(context, behaviour, phase, task, step.state, until, done, dropAt), step.wait)
      },
    },
  )
}
