import { parse } from 'yaml'
import { WINDOW_SETS } from '#catalog'
import { parseDuration } from '#core'
import { burnThreshold } from '#slo'
import { CATALOGUE, type Watched } from '../watched.ts'

/** One rule as it stands in a rule file. */
export interface WrittenRule {
  alert?: string
  record?: string
  expr: string
  for?: string
  keep_firing_for?: string
  labels?: Readonly<Record<string, string>>
  annotations?: Readonly<Record<string, string>>
}

export interface Problem {
  check: string
  /** Name of the rule, or of its group. */
  rule: string
  message: string
}

/** A check of the house: what it finds wrong with one rule, one sentence each. */
interface Check {
  name: string
  find: (rule: WrittenRule, watched: Watched) => string[]
}

/** A rule that may break a check. */
export interface Exception {
  check: string
  rule: string
  reason: string
}

/** None without its reason; one that is not needed any more is a problem itself. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    check: 'floor',
    rule: 'WsSendAfterClose',
    reason: 'one such send is a bug of ours, however little traffic there is; it only opens a ticket',
  },
  {
    check: 'floor',
    rule: 'WsClientLooping',
    reason: 'a client counts as looping from 20 attempts in a minute: the floor is in the gauge',
  },
  {
    check: 'floor',
    rule: 'WsDrainStuck',
    reason: 'one session that a drain cannot close hangs a deployment',
  },
]

/** Names of metrics' words: `level:metric:operation`. */
const RECORD = /^job:ws_[a-z_]+:(ratio_)?rate\d+[smhd]$/
const MOST_RULES = 20
const GAUGES_OF_STATE = /== 0|unless/

const alertsOnly =
  (find: Check['find']): Check['find'] =>
  (rule, watched) =>
    rule.alert ? find(rule, watched) : []

export const CHECKS: readonly Check[] = [
  {
    name: 'name',
    find: ({ alert, record = '' }) => {
      if (alert === undefined) return RECORD.test(record) ? [] : [`${record} is not level:metric:operation`]
      return /^Ws[A-Z][A-Za-z]{1,37}$/.test(alert)
        ? []
        : [`${alert} is not CamelCase with Ws, of at most 40 characters`]
    },
  },
  {
    name: 'labels',
    find: alertsOnly(({ labels = {} }) => {
      const known = ['severity', 'component', 'window', 'scope']
      return [
        ...(['critical', 'warning'].includes(labels.severity ?? '')
          ? []
          : ['the severity is neither critical nor warning']),
        ...(labels.component ? [] : ['there is no component']),
        ...Object.keys(labels)
          .filter(label => !known.includes(label))
          .map(label => `nobody routes by ${label}`),
      ]
    }),
  },
  {
    name: 'annotations',
    find: alertsOnly(({ alert, annotations = {} }) => {
      const { summary = '', description = '', runbook_url = '', dashboard_url = '' } = annotations
      return [
        ...(/^[A-Z][^{}]+\.$/.test(summary) && !/\. /.test(summary)
          ? []
          : ['the summary is not one sentence without templates']),
        ...(description.includes('{{ $labels.job }}')
          ? []
          : ['the description does not say whose users feel it']),
        ...(runbook_url.endsWith(`/docs/runbooks/${alert}.md`)
          ? []
          : ['the runbook is not that of this alert']),
        ...(/var-job=\{\{ \$labels\.job \| urlquery \}\}&viewPanel=\d+$/.test(dashboard_url)
          ? []
          : ['the dashboard link has no job or no panel']),
      ]
    }),
  },
  {
    name: 'duration',
    find: alertsOnly(rule =>
      (['for', 'keep_firing_for'] as const).flatMap(field => {
        try {
          parseDuration(rule[field] ?? '')
          return []
        } catch {
          return [`${field} is no duration`]
        }
      }),
    ),
  },
  {
    name: 'aggregation',
    find: ({ expr, alert }) =>
      /by \((?!job\))(?!job, instance\))/.test(expr.replaceAll('on (job, instance)', '')) ||
      (alert !== undefined && !/by \(job\)|job:ws_/.test(expr))
        ? ['it does not aggregate by job']
        : [],
  },
  {
    name: 'floor',
    // A ratio without traffic, and a rate of nothing, say nothing.
    find: alertsOnly(({ expr }) => {
      if (/^job:ws_/.test(expr))
        return /and job:ws_\w+_events:rate\w+ > [\d.]*[1-9]/.test(expr)
          ? []
          : ['a ratio has no traffic floor']
      if (GAUGES_OF_STATE.test(expr)) return []
      return / > 0(?!\.)(?! or )/.test(expr) ? ['anything above nothing fires it'] : []
    }),
  },
  {
    name: 'threshold',
    find: alertsOnly(({ expr }, watched) => {
      const known = thresholds(watched)
      return [...expr.matchAll(/ [<>]=? ([\d.e-]+)/g)]
        .map(([, number = '']) => Number(number))
        .filter(number => !known.has(number))
        .map(number => `${number} does not stand in the catalogue`)
    }),
  },
]

/** Every number that an alert may compare with; 0 is none at all. */
function thresholds({ alerts, slis, burnWindows, trafficFloor }: Watched): ReadonlySet<number> {
  const known = new Set([0])
  for (const set of WINDOW_SETS) {
    known.add(trafficFloor[set])
    for (const { factor } of burnWindows[set]) {
      for (const { objective } of slis) known.add(burnThreshold(factor, objective))
    }
    for (const alert of alerts) {
      if (alert.kind === 'rate') known.add(alert.windows[set].above).add(alert.minimumShare ?? 0)
      if (alert.kind === 'level') known.add(alert.windows[set].threshold)
      if (alert.kind === 'silence') known.add(alert.windows[set].above)
    }
  }
  return known
}

/** What breaks the policy of the house in a rule file, and the exceptions that nothing needs. */
export function lintRules(
  file: string,
  watched: Watched = CATALOGUE,
  exceptions: readonly Exception[] = EXCEPTIONS,
): Problem[] {
  const { groups } = parse(file) as { groups: { name: string; rules: WrittenRule[] }[] }
  const found = groups.flatMap(({ name, rules }) => [
    ...(rules.length > MOST_RULES
      ? [{ check: 'group', rule: name, message: `more than ${MOST_RULES} rules` }]
      : []),
    ...rules.flatMap(rule =>
      CHECKS.flatMap(({ name: check, find }) =>
        find(rule, watched).map(message => ({ check, rule: rule.alert ?? rule.record ?? name, message })),
      ),
    ),
  ])
  const excepted = ({ check, rule }: Pick<Problem, 'check' | 'rule'>) =>
    exceptions.some(one => one.check === check && one.rule === rule)
  const needless = exceptions
    .filter(one => !found.some(problem => problem.check === one.check && problem.rule === one.rule))
    .map(({ check, rule }) => ({ check, rule, message: 'this exception is not needed' }))
  return [...found.filter(problem => !excepted(problem)), ...needless]
}
