import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { parseDuration } from '#core'
import type { AlertRule } from '#dashboards'
import { predictDetection, predictResolution, type Timing, type Traffic } from '#slo'
import { checkedBy, inFolder } from './promtool.ts'
import { GOOD, type StorySeries, seriesFor } from './rule-series.ts'

/** Samples in what a rule waits for: windows of days need no sample a second. */
const SAMPLES = 10
/** Windows of hours are averaged from 5 m, which needs three samples, none of them on its edge. */
const AVERAGED_STEP = 140
const seconds = (duration: string) => parseDuration(duration) / 1_000

/** Quiet, a fault, quiet again. */
export interface Story {
  rule: AlertRule
  /** Bad events a second in the fault; of a gauge its value. */
  bad: number
  /** Lasts so many seconds; else as long as the alert needs. */
  faultSeconds?: number
  /** Series in place of those that the rule reads by itself. */
  series?: readonly StorySeries[]
  /** It must never fire, whatever the prediction says. */
  silent?: true
}

/** More than enough for the rule: half of all events, or a gauge well over its threshold. */
export function enough(rule: AlertRule): Story {
  const { condition } = rule
  if (condition.kind !== 'level') return { rule, bad: GOOD }
  const { compare, threshold } = condition
  return { rule, bad: compare === '<' ? threshold - 1 : threshold === 0 ? 3 : threshold * 1.2 }
}

const isAveraged = ({ condition }: AlertRule) => condition.kind === 'burn' && condition.long > 3_600

/** Seconds between two samples and between two evaluations. */
function stepOf(rule: AlertRule): number {
  const { condition } = rule
  if (isAveraged(rule)) return AVERAGED_STEP
  const waits =
    condition.kind === 'burn'
      ? [condition.short]
      : [condition.window, seconds(rule.for)].filter(wait => wait > 0)
  return Math.max(1, Math.floor(Math.min(...waits) / SAMPLES))
}

/** Clean seconds before the fault: the longest thing that the rule looks back at; of days a part will do. */
function historyOf({ condition, source, expr }: AlertRule): number {
  if (condition.kind === 'burn') return condition.long > 6 * 3_600 ? condition.short : condition.long
  if (source.kind !== 'silence') return condition.window
  const ranges = [...expr.matchAll(/\[(\w+)\]/g)].map(([, range = '0s']) => seconds(range))
  return Math.max(...ranges) + condition.window
}

/** One promtool test of one rule, and when the alert has to be firing. */
export function promtoolTest(story: Story) {
  const { rule, bad } = story
  const step = stepOf(rule)
  const { condition } = rule
  const window = condition.kind === 'burn' ? Math.max(condition.long, condition.short) : condition.window
  const history = Math.ceil(historyOf(rule) / step) + 10
  const series = story.series ?? seriesFor(rule, bad)
  const [first] = series
  const traffic = (fault: number): Traffic => ({
    bad,
    goodBefore: GOOD,
    goodDuring: GOOD,
    goodAfter: GOOD,
    history: history * step,
    fault,
    ...(condition.kind === 'level' && first
      ? { level: { quiet: condition.compare === '<' ? condition.threshold : 0, fault: bad } }
      : {}),
  })
  const timing: Timing = {
    for: seconds(rule.for),
    keepFiringFor: seconds(rule.keepFiringFor),
    scrape: step,
    evaluation: step,
    notify: 0,
  }
  const longest = story.faultSeconds ?? window + timing.for + SAMPLES * step
  const detect = story.silent ? null : predictDetection(condition, traffic(longest), timing)
  const slack = isAveraged(rule) ? 6 : 3
  const late = (time: number) => Math.ceil((time * 1.15) / step) + slack
  const early = (time: number) => Math.floor((time * 0.85) / step) - slack
  const faultSteps = Math.ceil((story.faultSeconds ?? 0) / step) || late(detect ?? longest) + 5
  const resolve = predictResolution(condition, traffic(faultSteps * step), timing)
  // What never fired has nothing to resolve.
  const recoverySteps = detect === null ? SAMPLES : late(resolve ?? window) + 5
  const faultAt = history
  const endAt = history + faultSteps
  const total = endAt + recoverySteps
  const parts: readonly (readonly ['quiet' | 'fault', number])[] = [
    ['quiet', history],
    ['fault', faultSteps],
    ['quiet', recoverySteps],
  ]
  const firing = `count(ALERTS{alertname="${rule.alert}",alertstate="firing",job="web",${Object.entries(
    rule.labels,
  )
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}})`
  const at = (steps: number, isFiring: boolean) => ({
    expr: firing,
    eval_time: `${steps * step}s`,
    exp_samples: isFiring ? [{ labels: '{}', value: 1 }] : [],
  })
  return {
    fires: detect !== null,
    interval: `${step}s`,
    input_series: series.map(one => ({ series: nameOf(one), values: valuesOf(one, step, parts) })),
    promql_expr_test:
      detect === null
        ? [
            at(faultAt, false),
            at(Math.floor((faultAt + endAt) / 2), false),
            at(endAt, false),
            at(total, false),
          ]
        : [
            at(faultAt, false),
            // A little before the prediction it must not have fired; a little after it must.
            ...(early(detect) > 0 ? [at(faultAt + early(detect), false)] : []),
            at(faultAt + late(detect), true),
            at(endAt, true),
            ...(early(resolve ?? 0) > 0 ? [at(endAt + early(resolve ?? 0), true)] : []),
            at(endAt + late(resolve ?? 0), false),
            at(total, false),
          ],
  }
}

const nameOf = ({ name, labels }: StorySeries) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`

/** As promtool writes series: a counter grows by its rate, a gauge keeps its value, no value is no sample. */
function valuesOf(
  series: StorySeries,
  step: number,
  parts: readonly (readonly ['quiet' | 'fault', number])[],
): string {
  let value = 0
  const written = [series.counter ? '0' : String(series.quiet ?? '_')]
  for (const [part, steps] of parts) {
    const rate = series[part]
    if (rate === undefined) written.push(`_x${steps}`)
    else if (series.counter) {
      const growth = rate * step
      written.push(`${value + growth}+${growth}x${steps - 1}`)
      // promtool adds up step by step: a hair more, or its rounding would look like a counter that began again.
      value += growth === 0 ? 0 : growth * steps + 1e-6
    } else written.push(`${rate}x${steps - 1}`)
  }
  return written.join(' ')
}

interface RuleFile {
  groups: { name: string; rules: { alert?: string; record?: string }[] }[]
}

/** Tests one rule with promtool; `rules` may be a broken copy of the generated file. Groups without it are left out. */
export function testRule(
  story: Story,
  rules: string,
  promtool: 'promtool' | 'promtool-3' = 'promtool',
): Promise<{ ok: boolean; text: string }> {
  return inFolder(async folder => {
    const { groups } = parse(rules) as RuleFile
    const isOwn = (group: RuleFile['groups'][number]) =>
      group.rules.some(({ alert }) => alert === story.rule.alert)
    const read = JSON.stringify(groups.filter(isOwn))
    const own = groups.filter(
      group =>
        isOwn(group) || group.rules.some(({ record }) => record !== undefined && read.includes(record)),
    )
    writeFileSync(join(folder, 'rules.yml'), stringify({ groups: own }))
    const { fires: _, ...test } = promtoolTest(story)
    const file = {
      rule_files: ['rules.yml'],
      evaluation_interval: test.interval,
      // Without an order promtool takes any: then an alert reads what was recorded a step ago, if it is not stale.
      group_eval_order: own.map(({ name }) => name),
      tests: [test],
    }
    writeFileSync(join(folder, 'test.yml'), stringify(file))
    return checkedBy(promtool, ['test', 'rules', join(folder, 'test.yml')])
  })
}
