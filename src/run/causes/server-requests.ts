import { TASKS_PATH } from '#protocol'

const ANSWER_LIMIT_MS = 5_000
/** Of the task that badly reading clients follow: 100 events a second. */
export const PACE_MS = 10
const MOST_STEPS = 10_000

/** Puts a fault switch of a server on a variant. @throws Error with what the server answered. */
export async function putFault(target: string, fault: string, variant: string): Promise<void> {
  const response = await fetch(`${target}/debug/faults/${fault}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ variant }),
    // An interrupted run still takes its fault back.
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  })
  const text = (await response.text()).slice(0, 200)
  if (!response.ok) throw new Error(`it answered ${response.status} ${text}`)
}

/** Creates a task of a length by PROTOCOL.md; nothing where the server has no such API. */
export async function createTask(
  target: string,
  lengthMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const steps = Math.min(MOST_STEPS, Math.max(1, Math.round(lengthMs / PACE_MS)))
  return postTask(target, { kind: 'roadmap_generation', steps, pace_ms: PACE_MS }, signal)
}

/** Creates a task as the body says; nothing where the server does not accept it. */
export async function postTask(
  target: string,
  body: object,
  signal: AbortSignal,
): Promise<string | undefined> {
  const response = await fetch(`${target}${TASKS_PATH}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
  })
  if (response.status !== 202) {
    await response.body?.cancel()
    return undefined
  }
  const { task_id } = (await response.json()) as { task_id?: unknown }
  return typeof task_id === 'string' ? task_id : undefined
}
