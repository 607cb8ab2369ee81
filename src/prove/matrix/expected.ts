import { ALERTS, type Drill, type Severity, speaksOf } from '#catalog'
import { parseDuration } from '#core'
import { type AlertRule, alertRules } from '#dashboards'

/** What one drill expects of one alert at one severity. */
export interface ExpectedCell {
  alert: string
  severity: Severity
  expected: 'fire' | 'silent' | 'either'
  /** What it reads is over at once, though the fault goes on. */
  momentary: boolean
  /** Why nobody cares; empty where somebody does. */
  reason: string
  /** Seconds in which it has to fire after the start of the fault, and to resolve after its end. */
  allowed: { detect: number; resolve: number }
  /** Rules of that severity: whichever fires first is heard. */
  rules: readonly AlertRule[]
}

const RULES = alertRules('drill')

/** Each alert at each severity that it has, in the order of triage. */
export const COLUMNS: readonly Pick<ExpectedCell, 'alert' | 'severity' | 'allowed' | 'rules'>[] =
  ALERTS.flatMap(({ name, allowed }) => {
    const own = RULES.filter(({ alert }) => alert === name)
    return [...new Set(own.map(({ severity }) => severity))].map(severity => ({
      alert: name,
      severity,
      allowed: {
        detect: parseDuration(allowed.detect) / 1_000,
        resolve: parseDuration(allowed.resolve) / 1_000,
      },
      rules: own.filter(rule => rule.severity === severity),
    }))
  })

/** The row of a drill in the matrix. */
export function expectedOf({ fires, mayFire = [] }: Pick<Drill, 'fires' | 'mayFire'>): ExpectedCell[] {
  return COLUMNS.map(column => {
    const firing = fires.find(entry => speaksOf(entry, column.alert, column.severity))
    const indifferent = mayFire.find(entry => speaksOf(entry, column.alert, column.severity))
    return {
      ...column,
      expected: firing ? 'fire' : indifferent ? 'either' : 'silent',
      momentary: firing?.momentary === true,
      reason: firing ? '' : (indifferent?.reason ?? ''),
    }
  })
}
