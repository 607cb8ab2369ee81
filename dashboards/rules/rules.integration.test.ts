import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { WINDOW_SETS } from '#catalog'
import { parseDuration } from '#core'
import { predictDetection, predictResolution, type Timing, type Traffic } from '#slo'
import { requireTool } from '../../test/support/require-tool.ts'
import { type AlertRule, alertRules } from './alert-rules.ts'
import { ruleFile } from './rule-file.ts'

/** Samples in a rule's shortest window: those of days need no sample a second. */
const SAMPLES = 10
/** Good events a second, before, during and after. */
const GOOD = 10

const run = promisify(execFile)

/** The outcome of `promtool` with its whole text. */
async function promtool(args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  try {
    const { stdout, stderr } = await run(await requireTool('promtool'), [...args], { maxBuffer: 1e8 })
    return { ok: true, text: stdout + stderr }
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      message,
    } = error as { stdout?: string; stderr?: string; message: string }
    if (stdout + stderr === '') throw error
    return { ok: false, text: `${message}\n${stdout}${stderr}` }
  }
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-rules-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A counter that grows by `rates[i]` a second for `lengths[i]` steps, as promtool writes series. */
function counter(step: number, parts: readonly { rate: number; steps: number }[]): string {
  let value = 0
  const written = ['0']
  for (const { rate, steps } of parts) {
    const growth = rate * step
    written.push(`${value + growth}+${growth}x${steps - 1}`)
    value += growth * steps
  }
  return written.join(' ')
}

const series = (name: string, labels: Readonly<Record<string, string>>) =>
  `${name}{${Object.entries({ job: 'web', instance: 'a', ...labels })
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`

type Labels = Readonly<Partial<Record<string, string>>>

const matches = (tuple: Labels, where: Labels) =>
  Object.entries(where).every(([label, value]) => tuple[label] === value)

/** The tuples of a rule's metric, parted by whether the rule counts them as bad. */
function tuplesOf({ source }: AlertRule) {
  const metric = source.kind === 'burn_rate' ? source.sli.metric : source.metric
  const selections = source.kind === 'burn_rate' ? [source.sli.bad] : source.where
  const isBad = (tuple: Readonly<Record<string, string>>) => selections.some(where => matches(tuple, where))
  return {
    name: metric.name,
    bad: metric.tuples.filter(isBad),
    good: metric.tuples.filter(tuple => !isBad(tuple)),
  }
}

/** Seconds between two samples and between two evaluations. */
function stepOf({ condition }: AlertRule): number {
  const shortest = condition.kind === 'burn' ? Math.min(condition.long, condition.short) : condition.window
  return Math.max(1, Math.floor(shortest / SAMPLES))
}

interface Story {
  rule: AlertRule
  /** Bad events a second in the fault. */
  bad: number
}

/** One promtool test of one rule: quiet, a fault, quiet again; and when the alert has to be firing. */
function promtoolTest({ rule, bad }: Story) {
  const step = stepOf(rule)
  const { name, bad: badTuples, good: goodTuples } = tuplesOf(rule)
  const { condition } = rule
  const window = condition.kind === 'burn' ? Math.max(condition.long, condition.short) : condition.window
  const history = Math.ceil(window / step) + 10
  const traffic = (fault: number): Traffic => ({
    bad,
    goodBefore: GOOD,
    goodDuring: GOOD,
    goodAfter: GOOD,
    history: history * step,
    fault,
  })
  const timing: Timing = {
    for: parseDuration(rule.for) / 1_000,
    keepFiringFor: parseDuration(rule.keepFiringFor) / 1_000,
    scrape: step,
    evaluation: step,
    notify: 0,
  }
  const detect = predictDetection(condition, traffic(window), timing)
  const late = (seconds: number) => Math.ceil((seconds * 1.15) / step) + 3
  const faultSteps = late(detect ?? window) + 5
  const resolve = predictResolution(condition, traffic(faultSteps * step), timing)
  const recoverySteps = late(resolve ?? window) + 5
  const faultAt = history
  const endAt = history + faultSteps
  const firing = `count(ALERTS{alertname="${rule.alert}",alertstate="firing",job="web",severity="${rule.severity}"${rule.labels.window ? `,window="${rule.labels.window}"` : ''}})`
  const at = (steps: number, isFiring: boolean) => ({
    expr: firing,
    eval_time: `${steps * step}s`,
    exp_samples: isFiring ? [{ labels: '{}', value: 1 }] : [],
  })
  const total = history + faultSteps + recoverySteps
  return {
    interval: `${step}s`,
    input_series: [
      // A real target has every label set from its start, at zero.
      ...badTuples.map((tuple, index) => ({
        series: series(name, tuple),
        values: counter(step, [
          { rate: 0, steps: history },
          { rate: index === 0 ? bad : 0, steps: faultSteps },
          { rate: 0, steps: recoverySteps },
        ]),
      })),
      ...goodTuples.map((tuple, index) => ({
        series: series(name, tuple),
        values: counter(step, [{ rate: index === 0 ? GOOD : 0, steps: total }]),
      })),
    ],
    promql_expr_test:
      detect === null
        ? [at(faultAt, false), at(endAt, false), at(total, false)]
        : [
            at(faultAt, false),
            // Half-way to the prediction it must not have fired; a little after it must.
            ...(detect / step > 8 ? [at(faultAt + Math.floor(detect / step / 2), false)] : []),
            at(faultAt + late(detect), true),
            at(endAt, true),
            at(endAt + Math.floor((resolve ?? 0) / step / 2), true),
            at(endAt + late(resolve ?? 0), false),
            at(total, false),
          ],
  }
}

const groupNames = (rules: string): string[] =>
  (parse(rules) as { groups: { name: string }[] }).groups.map(({ name }) => name)

/** Tests one rule with promtool; `rules` may be a broken copy of the generated file. */
function testRule(story: Story, rules: string) {
  return inFolder(async folder => {
    writeFileSync(join(folder, 'rules.yml'), rules)
    const file = {
      rule_files: ['rules.yml'],
      evaluation_interval: `${stepOf(story.rule)}s`,
      // Without an order promtool takes any: then an alert reads what was recorded a step ago, if it is not stale.
      group_eval_order: groupNames(rules),
      tests: [promtoolTest(story)],
    }
    writeFileSync(join(folder, 'test.yml'), stringify(file))
    return promtool(['test', 'rules', join(folder, 'test.yml')])
  })
}

const halfFailing = (rule: AlertRule): Story => ({ rule, bad: GOOD })

/** Not enough for the rule: half of what its threshold asks for. */
function nearMiss(rule: AlertRule): Story {
  const { condition } = rule
  if (condition.kind === 'rate') return { rule, bad: condition.above / 2 }
  const share = condition.threshold / 2
  return { rule, bad: (GOOD * share) / (1 - share) }
}

const RULES = WINDOW_SETS.flatMap(set =>
  alertRules(set).map(
    rule => [`${rule.alert} ${rule.labels.window ?? ''} for ${set}`, { rule, set }] as const,
  ),
)

test.each(WINDOW_SETS)('promtool finds nothing wrong with the rules for %s', async set => {
  await inFolder(async folder => {
    writeFileSync(join(folder, 'rules.yml'), ruleFile(set))
    const { ok, text } = await promtool(['check', 'rules', join(folder, 'rules.yml')])
    expect(text).toContain('SUCCESS')
    expect(ok).toBe(true)
  })
})

test.each(RULES)(
  '%s: silent before a fault, fires and resolves about when predicted',
  async (_, { rule, set }) => {
    expect(await testRule(halfFailing(rule), ruleFile(set))).toMatchObject({ ok: true })
  },
)

test.each(RULES.filter(([, { rule }]) => rule.condition.kind === 'burn' || rule.condition.above > 0))(
  '%s: does not fire on half of what it asks for',
  async (_, { rule, set }) => {
    const story = nearMiss(rule)
    expect(promtoolTest(story).promql_expr_test).toHaveLength(3)
    expect(await testRule(story, ruleFile(set))).toMatchObject({ ok: true })
  },
)

test('a peer that closes first is a race: however often, the alert on sends after close is silent', async () => {
  const rule = alertRules('drill').find(({ alert }) => alert === 'WsSendAfterClose')
  if (!rule) throw new Error('no rule')
  const { good } = tuplesOf(rule)
  expect(good[0]).toEqual({ cause: 'peer_close', repeat: 'first' })
  expect(await testRule({ rule, bad: 0 }, ruleFile('drill'))).toMatchObject({ ok: true })
})

test.each([
  ['its threshold is a hundred times too high', (text: string) => text.replaceAll('0.072', '7.2')],
  [
    'it reads a label that does not exist',
    (text: string) => text.replaceAll('verdict="bad"', 'verdict="evil"'),
  ],
  ['it forgets the job', (text: string) => text.replaceAll('by (job)', 'by (instance)')],
  ['it never lets go', (text: string) => text.replaceAll('keep_firing_for: 5s', 'keep_firing_for: 5h')],
  ['it fires at once', (text: string) => text.replaceAll(/> 0\.\d+/g, '>= 0')],
])('a rule is caught when %s', async (_, broken) => {
  const rules = ruleFile('drill')
  expect(broken(rules)).not.toBe(rules)
  const results = await Promise.all(
    alertRules('drill').map(rule => testRule(halfFailing(rule), broken(rules))),
  )
  expect(results.filter(({ ok }) => !ok)).not.toEqual([])
  expect(results.map(({ text }) => text).join('\n')).toContain('FAILED')
})
