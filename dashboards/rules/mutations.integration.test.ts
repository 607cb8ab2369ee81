import { afterAll, expect, test } from 'vitest'
import { broken, MUTATIONS, UNBREAKABLE } from '../../test/support/rule-mutations.ts'
import { enough, testRule } from '../../test/support/rule-story.ts'
import { alertRules } from './alert-rules.ts'
import { ruleFile } from './rule-file.ts'

const label = ({ labels }: { labels: Readonly<Record<string, string>> }) =>
  labels.window ?? labels.scope ?? ''

const CASES = alertRules('drill').flatMap(rule =>
  MUTATIONS.flatMap(mutation => {
    const rules = broken(rule, mutation)
    return rules === undefined
      ? []
      : [[`${rule.alert} ${label(rule)}`.trim(), mutation.what, { rule, mutation, rules }] as const]
  }),
)
const caught = new Map<string, string[]>()

/** What the rule tests are worth: every mistake that they found, by alert. */
afterAll(() => {
  const lines = [...caught].map(
    ([what, alerts]) => `  ${what} (${alerts.length}): ${alerts.toSorted().join(', ')}\n`,
  )
  process.stdout.write(`mutations of rules that were caught:\n${lines.join('')}`)
})

test('every alert is broken in its metric, its labels, its threshold and its window, or says why it cannot be', () => {
  const kinds = [...new Set(MUTATIONS.map(({ of }) => of))]
  const missing = alertRules('drill').flatMap(rule =>
    kinds
      .filter(kind => !CASES.some(([, , one]) => one.rule.expr === rule.expr && one.mutation.of === kind))
      .map(of => ({ alert: rule.alert, of })),
  )
  const excused = UNBREAKABLE.map(({ alert, of }) => ({ alert, of }))
  expect(
    missing.filter(one => !excused.some(({ alert, of }) => alert === one.alert && of === one.of)),
  ).toEqual([])
  expect(
    excused.filter(one => !missing.some(({ alert, of }) => alert === one.alert && of === one.of)),
  ).toEqual([])
})

test.concurrent.each(CASES)('%s with %s is caught', async (name, what, { rule, rules }) => {
  const { ok, text } = await testRule(enough(rule), rules)
  expect(ok).toBe(false)
  expect(text).toContain('FAILED')
  caught.set(what, [...(caught.get(what) ?? []), name])
})

test('an alert that never lets go is caught', async () => {
  const rule = alertRules('drill').find(({ alert }) => alert === 'WsFlapping')
  if (!rule) throw new TypeError('there is no WsFlapping')
  const rules = ruleFile('drill').replaceAll('keep_firing_for: 5s', 'keep_firing_for: 5h')
  expect(await testRule(enough(rule), rules)).toMatchObject({ ok: false })
})
