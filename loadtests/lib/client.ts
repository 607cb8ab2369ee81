import { setTimeout } from 'k6/timers'
import { FOLLOW_MARGIN_MS, PHASES, type Phase } from '../../src/catalog/scenarios/define.ts'
import { followsTasks } from '../../src/client/policies/index.ts'
import type { ClientContext, Followed } from './context.ts'
import { idAfter } from './entry.ts'
import { type Following, follow } from './follow.ts'
import { metrics } from './metrics.ts'
import { lossOf } from './recovery.ts'
import { phaseAt, type SharedTask } from './settings.ts'
import { createTask, followed } from './tasks.ts'

/** Time between two losses of a client that drops at random, on average and at least. */
const DROP_EVERY_MS = 900
const DROP_LEAST_MS = 200
/** A socket that drops at its task's end does so within this time around it. */
const AROUND_THE_END_MS = 300
/** Laptops wake at the same moment, and dial within this time. */
const WAKE_WITHIN_MS = 250

const later = (at: number, run: () => void) => setTimeout(run, Math.max(0, at - Date.now()))

/** Lives through the phases: as the scenario's behaviour says when it is one of the bad, else well-behaved. */
export function startClient(context: ClientContext, isBad: boolean, shared: SharedTask | undefined): void {
  const { settings, random } = context
  const { warmup, fault } = settings.phases
  const stagger = random() * settings.taskMs
  const life = isBad ? settings.behaviour.life : 'phases'
  if (life === 'through') {
    later(warmup.from + stagger, () => rideThrough(context, stagger))
  } else if (life === 'burst') {
    later(fault.from, () => followNext(context, 'fault', false))
    wellBehaved(context, ['recovery'], stagger)
  } else if (life === 'shared' && shared) {
    later(warmup.from + stagger, () => followShared(context, shared))
    wellBehaved(context, ['recovery'], stagger)
  } else if (isBad && settings.behaviour.name !== followsTasks.name) {
    wellBehaved(context, ['warmup', 'steady'], stagger)
    later(fault.from, () => misbehave(context))
    later(settings.phases.recovery.from + stagger, () => {
      const mended = { ...context, clientId: idAfter(context.clientId, context.entry) }
      followNext(mended, 'recovery', false)
    })
  } else wellBehaved(context, PHASES, stagger)
}

function wellBehaved(context: ClientContext, phases: readonly Phase[], stagger: number): void {
  for (const phase of phases) {
    later(context.settings.phases[phase].from + stagger, () => followNext(context, phase, false))
  }
}

/** Follows one task after another, as long as the next can end before the phase does. */
function followNext(context: ClientContext, phase: Phase, dropsAtTheEnd: boolean): void {
  const { taskMs, phases } = context.settings
  const until = phases[phase].to
  if (Date.now() + taskMs * 1.1 + FOLLOW_MARGIN_MS > until) return
  const phaseOf = () => phase
  createTask(context, taskMs, phaseOf, until, task => {
    const loss = lossOf(() => metrics.losses.add(1), undefined)
    if (dropsAtTheEnd) context.onChain(loss)
    const following = follow(context, {
      behaviour: followsTasks,
      task,
      phaseOf,
      until,
      resumes: dropsAtTheEnd,
      ...(dropsAtTheEnd ? { loss } : {}),
      done: () => followNext(context, phase, dropsAtTheEnd),
    })
    if (!dropsAtTheEnd) return
    later(task.endsAt + (context.random() - 0.5) * AROUND_THE_END_MS, () => following.drop())
  })
}

/** The fault phase of a bad client. */
function misbehave(context: ClientContext): void {
  const { behaviour, phases } = context.settings
  const { from, to } = phases.fault
  context.entry.begin()
  if (behaviour.drops === 'at-the-end') {
    followNext(context, 'fault', true)
    return
  }
  if (behaviour.tasksAtOnce > 1) {
    for (let task = 0; task < behaviour.tasksAtOnce; task++) followNext(context, 'fault', false)
    return
  }
  // One task for most of the phase, dialled for over and over.
  const phaseOf = () => 'fault' as const
  createTask(context, 0.6 * (to - from), phaseOf, to, task => {
    follow(context, { behaviour, task, phaseOf, until: to, resumes: false, done: () => {} })
  })
}

/** Follows a task from before the fault into the recovery, then others, and comes back whatever happens. */
function rideThrough(context: ClientContext, stagger: number): void {
  const { settings, random } = context
  const { phases, behaviour, cause, taskMs } = settings
  const { fault, recovery } = phases
  const isLasting = cause.by !== 'crowd'
  const loss = lossOf(() => metrics.losses.add(1), isLasting ? recovery.from : undefined)
  context.onChain(loss)
  const phaseOf = () => phaseAt(settings, Date.now())
  const endOfFirst = isLasting
    ? recovery.from + 0.3 * (recovery.to - recovery.from)
    : fault.from + 0.8 * (fault.to - fault.from)
  let following: Following | undefined

  const ride = (lengthMs: number) => {
    if (Date.now() + lengthMs + FOLLOW_MARGIN_MS > recovery.to) return
    createTask(context, lengthMs, phaseOf, recovery.to, task => {
      following = follow(context, {
        behaviour,
        task,
        phaseOf,
        until: recovery.to,
        resumes: true,
        loss,
        done: how => {
          following = undefined
          if (how === 'ended') ride(taskMs)
          if (how === 'stopped') reload()
        },
      })
    })
  }
  /** Whose page has given up loads it again, but not before the fault is over. */
  const reload = () => {
    const at = Math.max(Date.now() + taskMs, recovery.from + stagger)
    if (at + taskMs + FOLLOW_MARGIN_MS > recovery.to) return
    later(at, () => {
      metrics.reloads.add(1)
      ride(taskMs)
    })
  }

  ride(endOfFirst - Date.now())
  if (behaviour.drops === 'together') later(fault.from, () => following?.drop())
  if (behaviour.drops === 'sleep') {
    const wake = (fault.from + fault.to) / 2 + random() * WAKE_WITHIN_MS
    later(fault.from, () => following?.drop(wake))
  }
  if (behaviour.drops === 'random') {
    const dropAgain = () => {
      const wait = Math.max(DROP_LEAST_MS, -Math.log(1 - random()) * DROP_EVERY_MS)
      if (Date.now() + wait >= endOfFirst) return
      setTimeout(() => {
        following?.drop()
        dropAgain()
      }, wait)
    }
    later(fault.from, dropAgain)
  }
}

/** Follows the one task of all. */
function followShared(context: ClientContext, { taskId, endsAt, paceMs }: SharedTask): void {
  const { settings } = context
  const task: Followed = followed(taskId, endsAt - Date.now(), paceMs)
  const phaseOf = () => phaseAt(settings, Date.now())
  metrics.tasksFollowed.add(1, { phase: phaseOf() })
  follow(context, {
    behaviour: settings.behaviour,
    task,
    phaseOf,
    until: settings.phases.fault.to,
    resumes: true,
    done: () => {},
  })
}
