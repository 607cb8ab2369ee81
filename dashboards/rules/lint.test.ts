import { expect, test } from 'vitest'
import { WINDOW_SETS } from '#catalog'
import { CHECKS, EXCEPTIONS, lintRules } from './lint.ts'
import { ruleFile } from './rule-file.ts'

test.each(WINDOW_SETS)('the rules for %s keep to the policy', set => {
  expect(lintRules(ruleFile(set))).toEqual([])
})

test.each<[check: string, from: string | RegExp, to: string]>([
  ['name', 'alert: WsFlapping', 'alert: ws_flapping'],
  ['name', 'record: job:ws_session_events:rate5m', 'record: session_events'],
  ['labels', 'severity: warning', 'severity: info'],
  ['labels', 'component: stream', 'team: web'],
  ['annotations', 'summary: Clients connect', 'summary: "{{ $labels.job }}: clients connect'],
  ['annotations', '{{ $labels.job }} open and leave', 'yours open and leave'],
  ['annotations', 'runbooks/WsFlapping.md', 'runbooks/WsBrokerDown.md'],
  ['annotations', /&viewPanel=\d+/, ''],
  ['duration', 'keep_firing_for: 5m', 'keep_firing_for: soon'],
  ['aggregation', 'min by (job) (task_broker_up)', 'min by (pod) (task_broker_up)'],
  ['aggregation', 'min by (job) (task_broker_up)', 'task_broker_up'],
  ['floor', 'and job:ws_session_events:rate1h > 0.02', ''],
  ['threshold', 'min by (job) (task_broker_up) < 1', 'min by (job) (task_broker_up) < 17'],
])('%s: %s is caught when it becomes %s', (check, from, to) => {
  const good = ruleFile('production')
  const bad = good.replace(from, to).replace(/summary: "([^\n]+)$/m, 'summary: "$1"')
  expect(bad).not.toBe(good)
  expect(lintRules(bad).map(problem => problem.check)).toContain(check)
})

test('each check is shown to catch something, each exception has its reason and is needed', () => {
  expect(CHECKS.map(({ name }) => name)).toEqual([
    'name',
    'labels',
    'annotations',
    'duration',
    'aggregation',
    'floor',
    'threshold',
  ])
  for (const { reason } of EXCEPTIONS) expect(reason.length).toBeGreaterThan(20)
  const needless = { check: 'floor', rule: 'WsFlapping', reason: 'for no reason at all' }
  expect(lintRules(ruleFile('drill'), undefined, [...EXCEPTIONS, needless])).toEqual([
    { check: 'floor', rule: 'WsFlapping', message: 'this exception is not needed' },
  ])
  expect(lintRules(ruleFile('drill'), undefined, []).map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(EXCEPTIONS.map(({ rule }) => rule)),
  )
})

test('a group that is too long to read is caught', () => {
  const rule = '  - { record: "job:ws_x:rate5m", expr: "sum by (job) (x)" }\n'
  const file = `groups:\n- name: long\n  rules:\n${rule.repeat(21)}`
  expect(lintRules(file, undefined, [])).toEqual([
    { check: 'group', rule: 'long', message: 'more than 20 rules' },
  ])
})
