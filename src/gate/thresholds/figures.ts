import type { z } from 'zod'
import { METRICS, type ThresholdPhase } from '#catalog'
import { type LoadResult, loadResultSchema } from '#run'
import type { ServerWindow } from '../server/watch-server.ts'
import type { Lookup, Path } from './expression.ts'

/** `server.ws_sends_total` is how much that counter has grown over the run, all its labels together. */
const SERVER = 'server'
const COUNTERS = Object.values(METRICS)
  .filter(({ type }) => type === 'counter')
  .map(({ name }): string => name)

/** Whether a path begins in the server's metrics, and so needs them. */
export const isOfTheServer = ([first]: Path) => first === SERVER

/**
 * The figures of one phase of a load, or of the run as a whole: `attempts`, `firstMessageMs.p95`, `refused` (the sum
 * of all), `refused['404']`, `server.ws_sends_total`.
 */
export function figuresOf(load: LoadResult, window: ServerWindow | undefined, phase: ThresholdPhase): Lookup {
  const own: unknown = phase === 'run' ? load : (load.phases as Record<string, unknown>)[phase]
  return path => {
    if (isOfTheServer(path)) return window && grown(window, path[1] ?? '')
    let value: unknown = own
    for (const key of path) {
      if (typeof value !== 'object' || value === null) return undefined
      // Counts of zero are not written down: no refusal with 429 is none, not an unknown number.
      if (!Object.hasOwn(value, key)) return isCount(path, phase) ? 0 : undefined
      value = (value as Record<string, unknown>)[key]
    }
    return numberOf(value)
  }
}

function grown({ before, after }: ServerWindow, name: string): number | undefined {
  if (!after?.has(name)) return undefined
  return after.sum({ name }) - before.sum({ name })
}

/** A set of counts by name, as refusals by status, counts as their sum. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const parts = Object.values(value)
  if (!parts.every(part => typeof part === 'number')) return undefined
  return parts.reduce((sum, part) => sum + part, 0)
}

/** Every path that may stand in a threshold of the phase. Where any key goes, `*` stands for it. */
export function knownPaths(phase: ThresholdPhase): string[] {
  const shape = loadResultSchema.shape
  const own = phase === 'run' ? shape : shape.phases.shape[phase].shape
  const found: string[] = []
  const walk = (schema: unknown, path: string) => {
    const { def } = schema as z.ZodType
    const inner = def as { type: string; innerType?: z.ZodType; shape?: object; valueType?: z.ZodType }
    if (inner.type === 'nullable' || inner.type === 'optional') walk(inner.innerType, path)
    else if (inner.type === 'number') found.push(path)
    else if (inner.type === 'record') {
      if ((inner.valueType?.def.type ?? '') === 'number') found.push(path, `${path}.*`)
    } else if (inner.type === 'object') {
      for (const [key, value] of Object.entries(inner.shape ?? {}))
        walk(value, path === '' ? key : `${path}.${key}`)
    }
  }
  for (const [key, value] of Object.entries(own)) walk(value, key)
  if (phase === 'run') found.push(...COUNTERS.map(name => `${SERVER}.${name}`))
  return found
}

/** Whether it is one of a set of counts by name, as `refused.404`. */
const isCount = (path: Path, phase: ThresholdPhase) =>
  knownPaths(phase).includes([...path.slice(0, -1), '*'].join('.'))

/** Whether a figure of that path exists in the phase. */
export function isKnown(path: Path, known: readonly string[]): boolean {
  return known.includes(path.join('.')) || known.includes([...path.slice(0, -1), '*'].join('.'))
}
