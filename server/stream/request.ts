/** What a client asks for when it connects. */
export interface StreamRequest {
  taskId: string
  includeHistory: boolean
  resume: { epoch: string; seq: number } | undefined
  /** When its token is no longer accepted, in milliseconds since the Unix epoch. */
  expiresAt?: number | undefined
}

/** Task ids are ours; anything else is no task. */
const MAX_TASK_ID = 128

/** Reads path and query of a request that fits the stream's route. Odd values are as if absent; it never throws. */
export function readStreamRequest(url: string): StreamRequest {
  const end = url.indexOf('?')
  const path = end < 0 ? url : url.slice(0, end)
  const taskId = decoded(path.slice(path.lastIndexOf('/') + 1)).slice(0, MAX_TASK_ID)
  // As a rule nothing of the query is ours to read, and parsing it costs 2 µs. Names may be escaped.
  if (end < 0 || !OURS.test(url)) return { taskId, includeHistory: false, resume: undefined }
  const parameters = new URLSearchParams(url.split('?', 2)[1])
  return {
    taskId,
    includeHistory: parameters.get('include_history') === 'true',
    resume: readResume(parameters.get('resume')),
  }
}

const OURS = /[?&](include_history|resume|[^=&]*%)/

/** `epoch:seq`; an epoch has no colon. What cannot be read names no epoch of ours: its client is told so. */
function readResume(text: string | null): StreamRequest['resume'] {
  if (text === null) return undefined
  const match = /^([^:]{1,128}):(\d{1,15})$/.exec(text)
  return match ? { epoch: match[1] ?? '', seq: Number(match[2]) } : { epoch: '', seq: 0 }
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
