import { parse, stringify } from 'yaml'
import { parseDuration } from '#core'
import { type AlertRule, ruleFile } from '#dashboards'
import type { WrittenRule } from '../../dashboards/rules/lint.ts'

/** One way in which a rule can be wrong without anybody noticing. */
export interface Mutation {
  what: string
  /** What somebody got wrong: every alert has to be broken in each of these, or say why it cannot be. */
  of: 'metric' | 'label' | 'threshold' | 'window'
  /** Changes what an alert evaluates: its own expression, and those that are recorded for it. */
  expr: (expr: string) => string
  /** Of an alert that has no range to change, how long it waits. */
  wait?: (duration: string) => string
}

const tenfold = (duration: string) => `${parseDuration(duration) / 100}s`
const eachRange = (change: (range: string) => string) => (expr: string) =>
  expr.replaceAll(/\[(\w+)\]/g, (_, range: string) => `[${change(range)}]`)

export const MUTATIONS: readonly Mutation[] = [
  {
    what: 'another metric',
    of: 'metric',
    expr: expr => expr.replaceAll(/\b(ws|task|nodejs)_\w+/g, 'ws_gone'),
  },
  {
    what: 'a job that is forgotten',
    of: 'label',
    expr: expr => expr.replaceAll('by (job)', 'by (instance)'),
  },
  {
    what: 'another value of a label',
    of: 'label',
    expr: expr => expr.replaceAll(/="[^"]+"/g, '="none"'),
  },
  {
    what: 'a threshold a hundred times too high',
    of: 'threshold',
    expr: expr =>
      expr.replaceAll(/ (>|<) ([\d.]+)\b/g, (_, compare: string, threshold: string) =>
        compare === '<' ? ' < 0' : ` > ${Number(threshold) * 100 || 1e6}`,
      ),
  },
  {
    what: 'a comparison the other way round',
    of: 'threshold',
    expr: expr =>
      expr.replaceAll(/ (>|<|==) ([\d.]+)/g, (_, compare: string, threshold: string) =>
        compare === '>' ? ` <= ${threshold}` : ` > ${threshold}`,
      ),
  },
  {
    what: 'windows ten times as long',
    of: 'window',
    expr: eachRange(tenfold),
    wait: tenfold,
  },
  {
    what: 'windows of a second',
    of: 'window',
    expr: eachRange(() => '1s'),
  },
  {
    what: 'the long window in place of the short one',
    of: 'window',
    expr: expr => expr.replace(/(ratio_rate\d+s)( > [\d.]+\nand job:\w+:)ratio_rate\d+s/, '$1$2$1'),
  },
]

/** Why an alert has nothing to break. */
export const UNBREAKABLE: readonly { alert: string; of: Mutation['of']; reason: string }[] = [
  {
    alert: 'WsTelemetryAbsent',
    of: 'threshold',
    reason: 'what is absent has no value; its count of scrapes is compared with nothing',
  },
]

/** The rules for drills with one mistake in all that an alert evaluates; nothing where it finds nothing to change. */
export function broken(
  rule: AlertRule,
  { expr: change, wait }: Omit<Mutation, 'what' | 'of'>,
): string | undefined {
  const file = parse(ruleFile('drill')) as { groups: { rules: WrittenRule[] }[] }
  const isRule = ({ alert, labels }: WrittenRule) =>
    alert === rule.alert && Object.entries(rule.labels).every(([label, value]) => labels?.[label] === value)
  const read = file.groups
    .filter(({ rules }) => rules.some(isRule))
    .flatMap(({ rules }) => rules.filter(one => one.record !== undefined || isRule(one)))
  const before = stringify(read)
  for (const one of read) one.expr = change(one.expr)
  const alert = read.find(isRule)
  const hasRange = read.some(({ expr }) => /\[\w+\]/.test(expr))
  if (wait && alert?.for && !hasRange) alert.for = wait(alert.for)
  return stringify(read) === before ? undefined : stringify(file)
}
