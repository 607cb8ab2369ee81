import { countsAs, type Sample } from '#catalog'
import { parseDuration } from '#core'
import type { AlertRule } from '#dashboards'
import { predictDetection, predictResolution, type Timing, type Traffic } from '#slo'
import type { Expectation } from './judge.ts'

/** Events of one kind that a server counts, per second, in each phase. */
export interface Flow extends Sample {
  warmup: number
  fault: number
  recovery: number
}

/** Scrape, evaluation and Alertmanager's group interval of every proof, in seconds. */
export const PROOF_INTERVALS = { scrape: 1, evaluation: 1, notify: 1 } as const

/** What each rule of a window set has to do in a replay, with the times that the traffic predicts. */
export function expectations(
  rules: readonly AlertRule[],
  { fires, mayFire = [] }: { fires: readonly string[]; mayFire?: readonly { alert: string }[] },
  flows: readonly Flow[],
  phases: { warmupMs: number; faultMs: number },
): Expectation[] {
  return rules.map(rule => {
    const { alert, severity } = rule
    if (!fires.includes(alert)) {
      const expected = mayFire.some(one => one.alert === alert) ? 'either' : 'silent'
      return { alert, severity, expected, predicted: { detect: null, resolve: null } }
    }
    const traffic = trafficFor(rule, flows, phases)
    const timing: Timing = {
      for: parseDuration(rule.for) / 1_000,
      keepFiringFor: parseDuration(rule.keepFiringFor) / 1_000,
      ...PROOF_INTERVALS,
    }
    return {
      alert,
      severity,
      expected: 'fire',
      predicted: {
        detect: predictDetection(rule.condition, traffic, timing),
        resolve: predictResolution(rule.condition, traffic, timing),
      },
    }
  })
}

/** Splits the flows that a rule reads into those that it counts as bad and the others. */
function trafficFor(
  { source }: AlertRule,
  flows: readonly Flow[],
  { warmupMs, faultMs }: { warmupMs: number; faultMs: number },
): Traffic {
  const sum = (wanted: 'bad' | 'good', phase: 'warmup' | 'fault' | 'recovery') =>
    flows.filter(flow => countsAs(source, flow) === wanted).reduce((total, flow) => total + flow[phase], 0)
  return {
    bad: sum('bad', 'fault'),
    goodBefore: sum('good', 'warmup'),
    goodDuring: sum('good', 'fault'),
    goodAfter: sum('good', 'recovery'),
    history: warmupMs / 1_000,
    fault: faultMs / 1_000,
  }
}
