import type { NearMiss } from '#catalog'

/** Splits a template or a path into segments; a leading slash is no segment, a trailing one is an empty one. */
const segments = (path: string): string[] => path.split('/').slice(1)

const isParameter = (segment: string): boolean => segment.startsWith('{') && segment.endsWith('}')

/** Templates are few and nobody's input. */
const patterns = new Map<string, RegExp>()

/** True when a path fits a template segment by segment; a parameter takes any text but none. */
export function fits(path: string, template: string): boolean {
  return (patterns.get(template) ?? compiled(template)).test(path)
}

function compiled(template: string): RegExp {
  const parts = segments(template).map(segment =>
    isParameter(segment) ? '[^/]+' : segment.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
  )
  const pattern = new RegExp(`^[^/]*/${parts.join('/')}$`)
  patterns.set(template, pattern)
  return pattern
}

/** The path of a request's URL, without its query. */
export function pathOf(url = ''): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** How a path that is no stream misses the nearest one. Never throws, whatever the path. */
export function nearMiss(path: string, templates: readonly string[]): NearMiss {
  for (const template of templates) {
    const found = missOf(path, template)
    if (found !== 'other') return found
  }
  return 'other'
}

const VERSION = /^v\d+$/

function missOf(path: string, template: string): NearMiss {
  if (path.endsWith('/') && fits(path.slice(0, -1), template)) return 'trailing_slash'
  const wanted = segments(template)
  const own = segments(path)
  if (isParameter(wanted.at(-1) ?? '')) {
    const withoutTask = `/${wanted.slice(0, -1).join('/')}`
    if (path === withoutTask || path === `${withoutTask}/`) return 'missing_task'
  }
  const unversioned = (parts: string[]) => parts.filter(part => !VERSION.test(part)).join('/')
  const hasVersion = wanted.some(part => VERSION.test(part))
  if (hasVersion && fits(`/${unversioned(own)}`, `/${unversioned(wanted)}`)) return 'version'
  for (let cut = 1; cut < wanted.length; cut++) {
    // A template that is left with its parameter alone would fit every path of one segment.
    if (wanted.slice(cut).every(isParameter)) break
    if (fits(path, `/${wanted.slice(cut).join('/')}`)) return 'missing_prefix'
  }
  // Only the end that is as long as the template can fit it: a path of a thousand slashes is not tried a thousand times.
  const extra = own.length - wanted.length
  return extra > 0 && fits(`/${own.slice(extra).join('/')}`, template) ? 'extra_prefix' : 'other'
}
