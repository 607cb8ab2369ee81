/** Where the stream is: `{taskId}` stands for one path segment. Used by server, client, k6, page and docs. */
export const STREAM_PATH = '/api/v1/ws/{taskId}'

/** The path that the founding incident's client dialled: the prefix is missing. */
export const UNPREFIXED_STREAM_PATH = '/ws/{taskId}'

/**
 * The mistake of that client, made with any path: what stands before the stream's own name is left away, and where
 * nothing stands before it the name itself is wrong.
 */
export function withoutPrefix(template: string): string {
  if (template === STREAM_PATH) return UNPREFIXED_STREAM_PATH
  const [, path = '', query = ''] = /^([^?]*)(.*)$/.exec(template) ?? []
  const parts = path.split('/').slice(1)
  const task = parts.indexOf('{taskId}')
  const name = task >= 0 ? task - 1 : parts.length - 1
  return name > 0 ? `/${parts.slice(name).join('/')}${query}` : `/wrong${path}${query}`
}

/** `POST` creates a task; `GET {TASKS_PATH}/{id}` reads one. */
export const TASKS_PATH = '/api/v1/tasks'

/** What a client may ask of the stream when it connects. */
export interface StreamQuery {
  /** Replay what happened before the connection, then follow. */
  includeHistory?: boolean
  /** Where the client stopped reading: the epoch and sequence of the last event that it saw. */
  resume?: { epoch: string; seq: number }
  /** A stable id of the client, so that one looping client is told from many. */
  clientId?: string
}

/** Fills a template with a task id and the query: `/api/v1/ws/task-1?include_history=true`. */
export function streamPath(taskId: string, query: StreamQuery = {}, template: string = STREAM_PATH): string {
  const parameters: string[] = []
  if (query.includeHistory) parameters.push('include_history=true')
  if (query.resume)
    parameters.push(`resume=${encodeURIComponent(`${query.resume.epoch}:${query.resume.seq}`)}`)
  if (query.clientId) parameters.push(`client_id=${encodeURIComponent(query.clientId)}`)
  const path = template.replace('{taskId}', encodeURIComponent(taskId))
  if (parameters.length === 0) return path
  return `${path}${path.includes('?') ? '&' : '?'}${parameters.join('&')}`
}
