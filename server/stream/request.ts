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
  const [path = '', query = ''] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  return {
    taskId: decoded(path.split('/').at(-1) ?? '').slice(0, MAX_TASK_ID),
    includeHistory: parameters.get('include_history') === 'true',
    resume: readResume(parameters.get('resume')),
  }
}

/** `epoch:seq`; an epoch has no colon. What cannot be read names no epoch of ours: its client is told so. */
function readResume(text: string | null): StreamRequest['resume'] {
  if (text === null) return undefined
  const match = /^([^:]{1,128}):(\d{1,15})$/.exec(text)
  return match ? { epoch: match[1] ?? '', seq: Number(match[2]) } : { epoch: '', seq: 0 }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
