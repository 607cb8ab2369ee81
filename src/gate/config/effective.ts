import { SCENARIOS, THRESHOLD_PHASES, THRESHOLDS, type Threshold, type ThresholdPhase } from '#catalog'
import { errorText, PetrelError } from '#core'
import { compileExpression } from '../thresholds/expression.ts'
import { isKnown, knownPaths } from '../thresholds/figures.ts'
import type { EffectiveThreshold } from '../thresholds/judge.ts'
import { compileLimit } from '../thresholds/limit.ts'
import { badConfig, type ReadConfig } from './read.ts'
import { EVERY, type Override } from './schema.ts'

/** Of a threshold that is added without saying so. */
const LEAST_SAMPLES = 5

/**
 * What every scenario is held to: the catalogue, then what the file sets for all, then what it sets for the one.
 * @throws PetrelError `bad_config` with every expression, limit and figure that is wrong
 */
export function effectiveThresholds(file?: ReadConfig & { name: string }): Map<string, EffectiveThreshold[]> {
  const problems = new Set<string>()
  const all = new Map<string, EffectiveThreshold[]>()
  for (const { name: scenario } of SCENARIOS) {
    const own = THRESHOLDS.filter(({ scenarios }: Threshold) => scenarios?.includes(scenario) ?? true)
    let thresholds: EffectiveThreshold[] = own.map(threshold => ({ ...threshold, source: 'catalogue' }))
    for (const key of file ? [EVERY, scenario] : []) {
      for (const phase of THRESHOLD_PHASES) {
        for (const [name, change] of Object.entries(file?.config.gate?.thresholds?.[key]?.[phase] ?? {})) {
          const source = file?.place(['gate', 'thresholds', key, phase, name]) ?? ''
          const before = thresholds.find(threshold => threshold.phase === phase && threshold.name === name)
          const rest = thresholds.filter(threshold => threshold !== before)
          // What is set for all scenarios changes those that have it.
          if (!before && key === EVERY && isOfSome(phase, name) && !isNew(change)) continue
          if (change === 'off') {
            if (!before) problems.add(`${source}: there is no ${phase}/${name} to put off`)
            thresholds = rest
            continue
          }
          const after = changed(before, change, { name, phase, source })
          if ('problem' in after) problems.add(`${source}: ${after.problem}`)
          else thresholds = before ? thresholds.map(one => (one === before ? after : one)) : [...rest, after]
        }
      }
    }
    for (const threshold of thresholds) {
      for (const problem of problemsOf(threshold)) problems.add(`${threshold.source}: ${problem}`)
    }
    all.set(scenario, thresholds)
  }
  if (problems.size > 0) throw badConfig(file?.name ?? 'the catalogue', [...problems])
  return all
}

/** Whether the catalogue has it for some scenario. */
const isOfSome = (phase: ThresholdPhase, name: string) =>
  THRESHOLDS.some(threshold => threshold.phase === phase && threshold.name === name)

const isNew = (change: Override | 'off') => change !== 'off' && change.measure !== undefined

function changed(
  before: EffectiveThreshold | undefined,
  change: Override,
  as: { name: string; phase: ThresholdPhase; source: string },
): EffectiveThreshold | { problem: string } {
  const measure = change.measure ?? before?.measure
  const id = `${as.phase}/${as.name}`
  if (measure === undefined) return { problem: `${id} is none of the catalogue, so it needs a measure` }
  const fail = change.fail ?? before?.fail
  const warn = change.warn ?? before?.warn
  if (fail === undefined && warn === undefined) return { problem: `${id} needs a limit: fail, warn or both` }
  const of = change.samples ?? before?.samples.of ?? (as.phase === 'run' ? undefined : 'attempts')
  if (of === undefined) return { problem: `${id} needs samples: the figure that counts them` }
  const optional = change.optional ?? before?.optional
  const needsTasks = before?.needsTasks
  return {
    ...as,
    title: change.title ?? before?.title ?? as.name.replaceAll('-', ' '),
    measure,
    ...(fail === undefined ? {} : { fail }),
    ...(warn === undefined ? {} : { warn }),
    samples: { of, atLeast: change.atLeast ?? before?.samples.atLeast ?? LEAST_SAMPLES },
    ...(optional === undefined ? {} : { optional }),
    ...(needsTasks === undefined ? {} : { needsTasks }),
  }
}

const known = new Map<ThresholdPhase, readonly string[]>()

function problemsOf({ phase, measure, samples, fail, warn }: EffectiveThreshold): string[] {
  const problems: string[] = []
  const collect = (read: () => void) => {
    try {
      read()
    } catch (error) {
      if (!(error instanceof PetrelError)) throw error
      problems.push(errorText(error))
    }
  }
  for (const limit of [fail, warn]) if (limit !== undefined) collect(() => compileLimit(limit))
  const names = known.get(phase) ?? knownPaths(phase)
  known.set(phase, names)
  for (const text of [measure, samples.of]) {
    collect(() => {
      for (const path of compileExpression(text).paths) {
        if (isKnown(path, names)) continue
        problems.push(
          `"${path.join('.')}" is no figure of ${phase === 'run' ? 'a run' : 'a phase'}; there are: ${names.join(', ')}`,
        )
      }
    })
  }
  return problems
}
