import type { TaskEvent, TaskStatus } from '#protocol'
import type { PublishedEvent, TaskSnapshot } from '../store.ts'

/** How tasks and their events lie in Redis, and what is read back from there. */

export const PREFIX = 'petrel'
export const LEASES = `${PREFIX}:leases`
export const INDEX = `${PREFIX}:index`
/** The braces put what belongs to one task on one node of a cluster. */
export const hashOf = (taskId: string) => `${PREFIX}:{${taskId}}:task`
export const streamOf = (taskId: string) => `${PREFIX}:{${taskId}}:events`
export const channelOf = (taskId: string) => `${PREFIX}:{${taskId}}:live`
export const taskOfChannel = (channel: string) => /\{(.+)\}:live$/.exec(channel)?.[1] ?? ''

/** A task's member of the index, which its order is by, and a page's cursor. */
export const memberOf = ({ created_at, task_id }: TaskSnapshot) =>
  `${String(created_at).padStart(15, '0')}:${task_id}`
export const idOf = (member: string) => member.slice(member.indexOf(':') + 1)
/** Milliseconds since the Unix epoch. */
export const madeAt = (member: string) => Number(member.slice(0, member.indexOf(':')))
export const isMember = (cursor: string) => /^\d{15}:[\w-]+$/.test(cursor)

export function snapshotOf(task: Readonly<Record<string, string>>): TaskSnapshot {
  return {
    ...(JSON.parse(task.base ?? '{}') as TaskSnapshot),
    status: task.status as TaskStatus,
    seq: Number(task.seq),
    progress: Number(task.progress),
    ...(task.stage === undefined ? {} : { stage: task.stage }),
  }
}

export function published(event: string, at: number, traceparent: string | undefined): PublishedEvent {
  return {
    event: JSON.parse(event) as TaskEvent,
    at,
    ...(traceparent ? { traceparent } : {}),
  }
}

/** As the script sends it: time, trace context and event, each on a line. Undefined for what is none of ours. */
export function parseLive(message: string): PublishedEvent | undefined {
  const first = message.indexOf('\n')
  const second = message.indexOf('\n', first + 1)
  try {
    const live = published(
      message.slice(second + 1),
      Number(message.slice(0, first)),
      message.slice(first + 1, second),
    )
    return Number.isInteger(live.event.seq) ? live : undefined
  } catch {
    return undefined
  }
}

/** As the stream keeps it: `event`, text, `at`, text, `trace`, text. */
export function parseEntry(fields: readonly string[]): PublishedEvent {
  const [, event = '', , at = '0', , trace] = fields
  return published(event, Number(at), trace)
}
