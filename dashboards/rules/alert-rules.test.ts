import { expect, test } from 'vitest'
import { ALERTS, METRICS, WINDOW_SETS } from '#catalog'
import { parseDuration } from '#core'
import { alertRules, recordingRules } from './alert-rules.ts'
import { selector } from './selector.ts'
import { timesOf } from './time-to-detect.ts'

test.each(WINDOW_SETS)(
  'every alert of the catalogue has its rules in %s, none without a page or a panel',
  set => {
    const rules = alertRules(set)
    expect([...new Set(rules.map(({ alert }) => alert))]).toEqual(ALERTS.map(({ name }) => name))
    for (const rule of rules) {
      expect(rule.alert).toMatch(/^Ws[A-Za-z]{1,38}$/)
      expect(rule.annotations.summary).toMatch(/^[^{]+\.$/)
      expect(rule.annotations.description).toContain('{{ $labels.job }}')
      expect(rule.annotations.runbook_url).toMatch(new RegExp(`/docs/runbooks/${rule.alert}\\.md$`))
      expect(rule.annotations.dashboard_url).toMatch(/viewPanel=\d+$/)
      expect(['critical', 'warning']).toContain(rule.labels.severity)
    }
  },
)

test('the drill differs from production in windows alone', () => {
  const shape = (set: 'production' | 'drill') =>
    new Set(alertRules(set).map(({ alert, severity }) => `${alert} ${severity}`))
  expect(shape('drill')).toEqual(shape('production'))
})

test('every recorded series that an alert reads is recorded', () => {
  for (const set of WINDOW_SETS) {
    const recorded = recordingRules(set).map(({ record }) => record)
    const read = alertRules(set).flatMap(({ expr }) => expr.match(/job:[\w:]+/g) ?? [])
    expect(read.filter(name => !recorded.includes(name))).toEqual([])
  }
})

test('a selector keeps the order of the labels and escapes its values', () => {
  expect(selector(METRICS.wsSessionsTotal)).toBe('ws_sessions_total')
  expect(selector(METRICS.wsSessionsTotal, { reason: 'a"b', verdict: 'bad' })).toBe(
    'ws_sessions_total{verdict="bad",reason="a\\"b"}',
  )
})

test.each(
  alertRules('drill').map(
    rule => [`${rule.alert} ${rule.severity} ${rule.labels.scope ?? ''}`, rule] as const,
  ),
)('%s is predicted to fire and to resolve within what is allowed in a drill', (_, rule) => {
  const { detect, resolve } = timesOf(rule, 'drill')
  const { allowed } = rule.source
  expect(detect).not.toBeNull()
  expect(detect ?? 0).toBeLessThanOrEqual(parseDuration(allowed.detect) / 1_000)
  expect(resolve ?? 0).toBeLessThanOrEqual(parseDuration(allowed.resolve) / 1_000)
  if (rule.severity === 'critical') expect(parseDuration(allowed.detect)).toBeLessThanOrEqual(30_000)
})

test('in production what the routes wait is counted too: a page 10 s and a minute, a ticket 2 and 10 minutes', () => {
  const timesFor = (alert: string) => {
    const rule = alertRules('production').find(one => one.alert === alert)
    return rule && timesOf(rule, 'production')
  }
  // `for`, half a scrape and half an evaluation, the wait; the hold, the same, half of the group's interval.
  expect(timesFor('WsBrokerDown')?.detect).toBeCloseTo(60 + 15 + 10, 0)
  expect(timesFor('WsBrokerDown')?.resolve).toBeCloseTo(120 + 15 + 30, 0)
  expect(timesFor('WsDrainStuck')?.detect).toBeCloseTo(300 + 15 + 120, 0)
  expect(timesFor('WsDrainStuck')?.resolve).toBeCloseTo(300 + 15 + 300, 0)
})
