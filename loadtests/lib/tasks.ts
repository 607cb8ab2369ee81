import http from 'k6/http'
import { setTimeout } from 'k6/timers'
import type { Phase } from '../../src/catalog/scenarios/define.ts'
import { TASKS_PATH } from '../../src/protocol/paths.ts'
import type { ClientContext, Followed } from './context.ts'
import { metrics } from './metrics.ts'
import type { Settings } from './settings.ts'
import { streamCheck } from './stream-check.ts'

/** Events of a task, before the terminal one. */
const STEPS = 4
/** A task that is followed over a fault tells its progress this often, in milliseconds: every loss falls between two. */
const LONG_PACE_MS = 250
/** A stream is stale when it was not heard for three steps and so long, in milliseconds. */
const STALE_MARGIN_MS = 2_000
/** Where the server says no other time. */
const RETRY_MS = 1_000

function planTask(lengthMs: number, { behaviour }: Settings): { steps: number; paceMs: number } {
  const isOverTheFault = behaviour.life === 'through' || behaviour.life === 'shared'
  const many = isOverTheFault ? Math.round(lengthMs / LONG_PACE_MS) - 1 : 0
  const steps = Math.min(10_000, Math.max(STEPS, many))
  return { steps, paceMs: Math.round(lengthMs / (steps + 1)) }
}

export function followed(taskId: string, lengthMs: number, paceMs: number | undefined): Followed {
  return {
    taskId,
    endsAt: Date.now() + lengthMs,
    firstDialAt: undefined,
    accepted: false,
    attempts: 0,
    firstProgress: false,
    terminal: false,
    lastSeq: 0,
    epoch: '',
    check: paceMs === undefined ? undefined : streamCheck(3 * paceMs + STALE_MARGIN_MS),
  }
}

/** What k6 sends to create a task of a length. */
export function taskRequest(lengthMs: number, settings: Settings, phase: Phase) {
  const { steps, paceMs } = planTask(lengthMs, settings)
  return {
    body: JSON.stringify({ kind: 'roadmap_generation', steps, pace_ms: paceMs, seed: settings.seed }),
    params: { headers: { 'Content-Type': 'application/json' }, tags: { name: TASKS_PATH, phase } },
    paceMs,
  }
}

let invented = 0

/** Creates a task for a client, again like a person would where that fails, until `until`. */
export function createTask(
  context: ClientContext,
  lengthMs: number,
  phaseOf: () => Phase,
  until: number,
  then: (task: Followed) => void,
  tries = 0,
): void {
  const { settings, index } = context
  const phase = phaseOf()
  if (!settings.createsTasks) {
    invented += 1
    metrics.tasksFollowed.add(1, { phase })
    then(followed(`load-${index}-${invented}`, lengthMs, undefined))
    return
  }
  const tryAgain = (toldMs?: number) => {
    metrics.taskErrors.add(1, { phase })
    const wait = toldMs || RETRY_MS
    if (Date.now() + wait >= until) return
    setTimeout(() => createTask(context, lengthMs, phaseOf, until, then, tries + 1), wait)
  }
  const { body, params, paceMs } = taskRequest(lengthMs, settings, phase)
  http
    .asyncRequest('POST', `${targetOf(settings, index + tries)}${TASKS_PATH}`, body, params)
    .then(response => {
      if (response.status !== 202) return tryAgain(Number(response.headers['Retry-After']) * 1_000)
      const { task_id } = response.json() as { task_id: string }
      metrics.tasksFollowed.add(1, { phase })
      then(followed(task_id, lengthMs, paceMs))
    })
    .catch(() => tryAgain())
}

/** Attempts go round the targets, as a balancer sends them. */
export function targetOf({ targets }: Settings, turn: number): string {
  return targets[turn % targets.length] ?? ''
}
