import type { NearMiss } from '#catalog'

export interface WrongPath {
  miss: NearMiss
  path: string
}

/** No route of anybody's has this name. */
const NOWHERE = '/petrel-check/no-such-path'
const VERSION = /^v(\d+)$/

/**
 * The wrong paths that clients really dial, made from the right one: its prefix forgotten or doubled, another
 * version, a slash at the end, the task forgotten, somewhere else. A query stays as it is.
 */
export function wrongPathsOf(path: string, taskId: string): WrongPath[] {
  const [, plain = '', query = ''] = /^([^?]*)(.*)$/.exec(path) ?? []
  const parts = plain.split('/').slice(1)
  const join = (segments: readonly string[]) => `/${segments.join('/')}${query}`
  const found: WrongPath[] = []
  const add = (miss: NearMiss, wrong: string) => {
    if (wrong !== path && !found.some(one => one.path === wrong)) found.push({ miss, path: wrong })
  }
  const at = parts.indexOf(taskId)
  // What stands before the stream's own name is what people forget: `/api/v1` of `/api/v1/ws/{taskId}`.
  const name = at >= 0 ? at - 1 : parts.findLastIndex(part => part !== '')
  if (name > 0) add('missing_prefix', join(parts.slice(name)))
  add('extra_prefix', join(['api', ...parts]))
  const version = parts.findIndex(part => VERSION.test(part))
  if (version >= 0) {
    add('version', join(parts.map(part => part.replace(VERSION, (_, number) => `v${Number(number) + 1}`))))
  }
  if (parts.at(-1) !== '') add('trailing_slash', join([...parts, '']))
  if (at >= 0) add('missing_task', join(parts.slice(0, at)))
  add('other', NOWHERE)
  return found
}
