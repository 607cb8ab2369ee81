import { parseDuration } from '#core'
import type { AlertRule } from '#dashboards'
import { predictDetection, predictResolution, type Timing, type Traffic } from '#slo'
import type { Expectation } from './judge.ts'

/** Events of one kind that a server counts, per second, in each phase. */
export interface Flow {
  metric: string
  /** At least the labels that an alert selects by. */
  labels: Readonly<Record<string, string>>
  warmup: number
  fault: number
  recovery: number
}

/** Scrape, evaluation and Alertmanager's group interval of every proof, in seconds. */
export const PROOF_INTERVALS = { scrape: 1, evaluation: 1, notify: 1 } as const

/** What each rule of a window set has to do in a replay, with the times that the traffic predicts. */
export function expectations(
  rules: readonly AlertRule[],
  fires: readonly string[],
  flows: readonly Flow[],
  phases: { warmupMs: number; faultMs: number },
): Expectation[] {
  return rules.map(rule => {
    const { alert, severity } = rule
    if (!fires.includes(alert)) {
      return { alert, severity, expected: 'silent', predicted: { detect: null, resolve: null } }
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
  const metric = source.kind === 'burn_rate' ? source.sli.metric : source.metric
  const selections = source.kind === 'burn_rate' ? [source.sli.bad] : source.where
  const isBad = ({ labels }: Flow) =>
    selections.some(where => Object.entries(where).every(([label, value]) => labels[label] === value))
  const read = flows.filter(flow => flow.metric === metric.name)
  const sum = (wanted: boolean, phase: 'warmup' | 'fault' | 'recovery') =>
    read.filter(flow => isBad(flow) === wanted).reduce((total, flow) => total + flow[phase], 0)
  return {
    bad: sum(true, 'fault'),
    goodBefore: sum(false, 'warmup'),
    goodDuring: sum(false, 'fault'),
    goodAfter: sum(false, 'recovery'),
    history: warmupMs / 1_000,
    fault: faultMs / 1_000,
  }
}
