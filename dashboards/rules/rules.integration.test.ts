import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { WINDOW_SETS } from '#catalog'
import { parseDuration } from '#core'
import { checkedBy, inFolder } from '../../test/support/promtool.ts'
import { GOOD, seriesFor } from '../../test/support/rule-series.ts'
import { enough, promtoolTest, type Story, testRule } from '../../test/support/rule-story.ts'
import type { AlertRule } from './alert-rule.ts'
import { alertRules } from './alert-rules.ts'
import { ruleFile } from './rule-file.ts'

const RULES = WINDOW_SETS.flatMap(set =>
  alertRules(set).map(
    rule =>
      [
        `${rule.alert} ${rule.severity} ${rule.labels.window ?? rule.labels.scope ?? ''} for ${set}`,
        { rule, set },
      ] as const,
  ),
)

/** What looks like the fault and is none, for each kind of rule. */
function nearMiss(rule: AlertRule): Story {
  const { condition, source } = rule
  const story = enough(rule)
  switch (condition.kind) {
    case 'burn': {
      const share = condition.threshold / 2
      // Of windows of days a part will do: what is not full yet would fire sooner.
      const part = condition.long > 6 * 3_600 ? { faultSeconds: 2 * condition.short } : {}
      return { rule, bad: (GOOD * share) / (1 - share), ...part }
    }
    case 'rate':
      // A peer that closes first is a race, however often; half of what is allowed is no storm.
      return { rule, bad: condition.above === 0 ? 0 : condition.above / 2 }
    case 'level':
      // Where anything but zero is a fault, one that is over before anybody could act.
      if (condition.threshold === 0 || condition.compare === '<')
        return { ...story, faultSeconds: parseDuration(rule.for) / 2_000 }
      return { rule, bad: condition.threshold * 0.9 }
    case 'silence': {
      const series = seriesFor(rule, 0)
      if (source.kind === 'silence' && source.of === 'traffic') {
        // Nobody dials, but somebody is still connected.
        return {
          ...story,
          silent: true,
          series: series.map(one => (one.counter ? one : { ...one, fault: 1 })),
        }
      }
      // Of a job, one of two servers is still seen. Of an instance, what is down was never a stream server.
      const kept =
        rule.labels.scope === 'job'
          ? [
              ...series,
              { ...must(series[0]), labels: { job: 'web', instance: 'b', state: 'open' }, fault: 5 },
            ]
          : series.filter(({ name, labels }) => name === 'up' || labels.instance === 'b')
      return { ...story, silent: true, series: kept }
    }
  }
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('there is none')
  return value
}

/** 2.42 and 3: what one takes the other may read in another way. */
describe.each(['promtool', 'promtool-3'] as const)('by %s', promtool => {
  test.each(WINDOW_SETS)('it finds nothing wrong with the rules for %s', async set => {
    await inFolder(async folder => {
      writeFileSync(join(folder, 'rules.yml'), ruleFile(set))
      const { ok, text } = await checkedBy(promtool, [
        'check',
        'rules',
        '--lint=all',
        join(folder, 'rules.yml'),
      ])
      expect(text).toContain('SUCCESS')
      expect(ok).toBe(true)
    })
  })

  test.concurrent.each(RULES)(
    '%s: silent before a fault, fires and resolves about when predicted',
    async (_, { rule, set }) => {
      expect(promtoolTest(enough(rule)).fires).toBe(true)
      expect((await testRule(enough(rule), ruleFile(set), promtool)).text).toContain('SUCCESS')
    },
  )

  test.concurrent.each(RULES)('%s: does not fire on its near miss', async (_, { rule, set }) => {
    const story = nearMiss(rule)
    expect(promtoolTest(story).fires).toBe(false)
    expect((await testRule(story, ruleFile(set), promtool)).text).toContain('SUCCESS')
  })
})

const drill = (alert: string, label = '') =>
  must(
    alertRules('drill').find(
      rule => rule.alert === alert && (label === '' || Object.values(rule.labels).includes(label)),
    ),
  )

test('too little traffic says nothing: a burn alert under its floor is silent though all fails', async () => {
  const rule = drill('WsSessionBudgetBurn')
  const bad = 0.1
  const series = seriesFor(rule, bad).map(one => ({ ...one, quiet: 0, fault: one.fault === bad ? bad : 0 }))
  expect(await testRule({ rule, bad, series, silent: true }, ruleFile('drill'))).toMatchObject({ ok: true })
})
