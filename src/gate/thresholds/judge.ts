import type { Threshold } from '#catalog'
import type { LoadResult } from '#run'
import type { Check } from '../result.ts'
import type { ServerWindow } from '../server/watch-server.ts'
import { compileExpression } from './expression.ts'
import { figuresOf, isOfTheServer } from './figures.ts'
import { compileLimit } from './limit.ts'

/** A threshold with where it was set, as reports name it. */
export interface EffectiveThreshold extends Threshold {
  source: string
}

/** Lays one figure against its limits. `window` is missing where the server shows no metrics. */
export function judgeThreshold(
  threshold: EffectiveThreshold,
  load: LoadResult,
  window: ServerWindow | undefined,
  createsTasks = true,
): Check {
  const { name, phase, title, fail, warn, source } = threshold
  const measure = compileExpression(threshold.measure)
  const samplesOf = compileExpression(threshold.samples.of)
  const limits = [fail, warn && `${fail === undefined ? '' : 'warns unless '}${warn}`].filter(Boolean)
  const found = (verdict: Check['verdict'], rest: Partial<Check> = {}): Check => ({
    id: `${phase}/${name}`,
    kind: 'threshold',
    title,
    phase,
    verdict,
    measured: null,
    server: null,
    limit: limits.join(', '),
    samples: null,
    source,
    note: '',
    comparison: null,
    ...rest,
  })
  if (threshold.needsTasks && !createsTasks) {
    return found('left_out', { note: 'the target creates no tasks by PROTOCOL.md' })
  }
  const readsServer = [...measure.paths, ...samplesOf.paths].some(isOfTheServer)
  if (readsServer && !window) return found('left_out', { note: 'it needs the metrics of the server' })
  const lookup = figuresOf(load, window, phase)
  const count = samplesOf.value(lookup) ?? 0
  const samples = { of: threshold.samples.of, count, atLeast: threshold.samples.atLeast }
  if (count < samples.atLeast) {
    const note = `${samples.of} is ${count}, and fewer than ${samples.atLeast} prove nothing`
    return found(threshold.optional ? 'left_out' : 'not_proven', { samples, note })
  }
  const measured = measure.value(lookup)
  if (measured === undefined) {
    return found('not_proven', { samples, note: `${measure.text} has no value in this run` })
  }
  const broken = (limit: string | undefined) => limit !== undefined && !compileLimit(limit)(measured)
  const answers = measure.paths.some(path => path.join('.') === 'attempts') ? refusalsText(load, phase) : ''
  const sentence = (limit: string) => `${measure.text} is ${shown(measured)}, not ${limit}${answers}`
  if (fail !== undefined && broken(fail)) {
    return found('did_not_hold', { samples, measured, note: sentence(fail) })
  }
  if (warn !== undefined && broken(warn)) return found('warned', { samples, measured, note: sentence(warn) })
  return found('held', { samples, measured })
}

/** What those got who were not accepted, as the first thing that a reader would ask. */
function refusalsText({ phases }: LoadResult, phase: Threshold['phase']): string {
  const { refused } = phase === 'run' ? { refused: {} } : phases[phase]
  const statuses = Object.entries(refused).map(([status, count]) => `${count} × ${status}`)
  return statuses.length === 0 ? '' : `; refused: ${statuses.join(', ')}`
}

/** Up to four digits behind the point. */
export const shown = (value: number): string => String(Math.round(value * 10_000) / 10_000)
