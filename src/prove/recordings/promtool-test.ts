import { stringify } from 'yaml'
import { isMadeByRules, lengthOf, type RecordedSample, type Recording } from './recording.ts'

/** When one alert at one severity fired in a recording, in seconds after its first sample. */
export interface Firing {
  alert: string
  severity: string
  first: number
  last: number
  /** Evaluations in which it fired: fewer than from first to last when it let go in between. */
  count: number
}

export interface RulesToTest {
  /** Path of the rule file. */
  file: string
  /** Names of its groups, in the order in which they are evaluated. */
  groups: readonly string[]
  /** Whether a rule reads series of this name. */
  reads: (name: string) => boolean
}

/** Says that promtool got to the end: an answer without it is none. */
const READ = 'read'

/**
 * A rule test that replays a recording and tells when which alert fired. promtool can only compare: it is told to
 * expect nothing, and its answer is what it got instead.
 */
export function promtoolTest(recording: Recording, rules: RulesToTest): string {
  const seconds = lengthOf(recording)
  const firing = 'ALERTS{alertstate="firing"}'
  const edges = {
    first: `min by (alertname, severity) (min_over_time(timestamp(${firing})[${seconds}s:1s]))`,
    last: `max by (alertname, severity) (max_over_time(timestamp(${firing})[${seconds}s:1s]))`,
    count: `max by (alertname, severity) (count_over_time(${firing}[${seconds}s:1s]))`,
    [READ]: 'vector(1)',
  }
  const expr = Object.entries(edges)
    .map(([edge, value]) => `label_replace(${value}, "edge", "${edge}", "", "")`)
    .join('\nor ')
  return stringify({
    rule_files: [rules.file],
    evaluation_interval: '1s',
    // Without an order promtool takes any: then an alert reads what was recorded a step ago.
    group_eval_order: rules.groups,
    tests: [
      {
        interval: '1s',
        input_series: recording.series
          // What no rule reads would only be loaded.
          .filter(({ name }) => !isMadeByRules(name) && rules.reads(name))
          .map(({ name, labels, values }) => ({
            series: seriesName(name, labels),
            values: notation(values),
          })),
        promql_expr_test: [{ expr, eval_time: `${seconds - 1}s`, exp_samples: [] }],
      },
    ],
  })
}

/** As PromQL and OpenMetrics write a series. */
export const seriesName = (name: string, labels: Readonly<Record<string, string>>) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`

/** promtool's notation: `5x3` is 5 four times, `_` is no sample. */
function notation(values: readonly RecordedSample[]): string {
  const words: string[] = []
  for (let at = 0; at < values.length; ) {
    const value = values[at]
    let times = 1
    while (at + times < values.length && values[at + times] === value) times++
    at += times
    if (value === null) words.push(`_x${times}`)
    else if (typeof value === 'number' && times > 1) words.push(`${value}x${times - 1}`)
    else words.push(...Array.from({ length: times }, () => String(value)))
  }
  return words.join(' ')
}

/** What promtool got, from its answer to such a test; nothing when it did not get to its end. Pure. */
export function firingsIn(answer: string): Firing[] | undefined {
  const got = /^ *got: (.*)$/m.exec(answer)?.[1]
  const firings = new Map<string, Firing>()
  let isWhole = false
  for (const [, labels = '', value = ''] of (got ?? '').matchAll(/\{([^}]*)\} ([-+.\dE]+)/g)) {
    const label = (name: string) => new RegExp(`(?:^|, )${name}="([^"]*)"`).exec(labels)?.[1] ?? ''
    const edge = label('edge')
    if (edge === READ) isWhole = true
    else {
      const [alert, severity] = [label('alertname'), label('severity')]
      const key = `${alert} ${severity}`
      const known = firings.get(key) ?? { alert, severity, first: 0, last: 0, count: 0 }
      firings.set(key, { ...known, [edge]: Number(value) })
    }
  }
  return isWhole ? [...firings.values()] : undefined
}
