import type { BurnRateAlert, Selection, Sli, WindowSet } from '#catalog'
import { type BurnRateRules, burnRateRules, type EventSum } from '#slo'
import type { Watched } from '../watched.ts'
import { type RuleParts, seconds } from './alert-rule.ts'
import { selectionOf } from './selector.ts'

/** Recording and alerting rules of one SLI. */
export function sliRules(sli: Sli, set: WindowSet, watched: Watched): BurnRateRules {
  const all = (selections: readonly Selection[]) =>
    selections.map(selection => selectionOf(selection, watched.selector))
  const total: EventSum = { plus: all(sli.total) }
  return burnRateRules({
    name: sli.name,
    bad: 'good' in sli.bad ? { ...total, minus: all(sli.bad.good) } : { plus: all(sli.bad) },
    total,
    objective: sli.objective,
    period: sli.objectiveWindow,
    pairs: watched.burnWindows[set],
    trafficFloor: watched.trafficFloor[set],
  })
}

/** One rule for each pair of windows. */
export function burnRules(source: BurnRateAlert, set: WindowSet, watched: Watched): RuleParts[] {
  return sliRules(source.sli, set, watched).alerts.map(rule => ({
    severity: rule.severity,
    expr: rule.expr,
    for: rule.for,
    keepFiringFor: rule.keepFiringFor,
    labels: { window: rule.long },
    condition: {
      kind: 'burn',
      long: seconds(rule.long),
      short: seconds(rule.short),
      threshold: rule.threshold,
      trafficFloor: watched.trafficFloor[set],
    },
  }))
}
