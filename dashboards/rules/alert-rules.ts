import type { Alert, WindowSet } from '#catalog'
import type { RecordingRule } from '#slo'
import { CATALOGUE, type Watched } from '../watched.ts'
import { type AlertRule, alertRule, type RuleParts } from './alert-rule.ts'
import { burnRules, sliRules } from './burn-rules.ts'
import { levelRule } from './level-rule.ts'
import { rateRule } from './rate-rule.ts'
import { silenceRules } from './silence-rules.ts'

/** Recording rules of every SLI. */
export function recordingRules(set: WindowSet, watched: Watched = CATALOGUE): RecordingRule[] {
  return watched.slis.flatMap(sli => sliRules(sli, set, watched).recording)
}

/** Alerting rules of every alert, in the catalogue's order; some alerts have several, told apart by a label. */
export function alertRules(set: WindowSet, watched: Watched = CATALOGUE): AlertRule[] {
  return watched.alerts.flatMap(source =>
    partsOf(source, set, watched).map(parts => alertRule(source, parts, watched)),
  )
}

function partsOf(source: Alert, set: WindowSet, watched: Watched): RuleParts[] {
  switch (source.kind) {
    case 'burn_rate':
      return burnRules(source, set, watched)
    case 'rate':
      return [rateRule(source, set, watched)]
    case 'level':
      return [levelRule(source, set, watched)]
    case 'silence':
      return silenceRules(source, set, watched)
  }
}
