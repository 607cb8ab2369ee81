import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { checkedBy, inFolder } from '../../test/support/promtool.ts'
import {
  later,
  type WatchedSeries,
  type WatchedServer,
  watchedServer,
} from '../../test/support/watched-server.ts'
import { tunedBy } from '../settings.ts'
import { alertRules, recordingRules } from './alert-rules.ts'
import { ruleFile } from './rule-file.ts'

/** The longest window of a drill as history, then what happens, and some time for what follows. */
const FROM = 125
const SECONDS = 190

const between = (from: number, to: number) => (second: number) => second >= from && second < to
const job =
  (name: string) =>
  (instance: string, changes: Partial<WatchedServer> = {}) =>
    watchedServer({ labels: { job: name, instance }, seconds: SECONDS, good: () => 5, ...changes })

/** promtool writes a series as its selector and its samples. */
const written = ({ name, labels, values }: WatchedSeries) => ({
  series: `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`,
  values: values.join(' '),
})

/** promtool's answer to a test of all the rules, of series that are `step` seconds apart. */
const answer = (series: readonly WatchedSeries[], rules: string, step: number, tests: object) =>
  inFolder(async folder => {
    writeFileSync(join(folder, 'rules.yml'), rules)
    const words = new Set(rules.match(/\w+/g))
    const file = {
      rule_files: ['rules.yml'],
      evaluation_interval: `${step}s`,
      group_eval_order: (parse(rules) as { groups: { name: string }[] }).groups.map(({ name }) => name),
      tests: [
        {
          interval: `${step}s`,
          input_series: series.filter(({ name }) => words.has(name)).map(written),
          ...tests,
        },
      ],
    }
    writeFileSync(join(folder, 'test.yml'), stringify(file))
    return (await checkedBy('promtool', ['test', 'rules', join(folder, 'test.yml')])).text
  })

/** What fired at some time, by job: `WsFlapping critical`. promtool is told to expect nothing, and says what it got. */
async function fired(series: readonly WatchedSeries[], rules = ruleFile('drill'), step = 1) {
  const range = `[${SECONDS * step}s]`
  const expr = `group by (job, alertname, severity, scope) (count_over_time(ALERTS{alertstate="firing"}${range})) or vector(1)`
  const eval_time = `${(SECONDS - 1) * step}s`
  const text = await answer(series, rules, step, { promql_expr_test: [{ expr, eval_time, exp_samples: [] }] })
  const [, got = ''] = /^ *got: (.*\{\} 1E\+00.*)$/m.exec(text) ?? []
  expect(got, text).not.toBe('')
  const jobs: Record<string, string[]> = {}
  for (const [, labels = ''] of got.matchAll(/\{([^}]+)\}/g)) {
    const label = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? ''
    const alert = ['alertname', 'severity', 'scope'].map(label).join(' ').trim()
    jobs[label('job')] = [...(jobs[label('job')] ?? []), alert]
  }
  return jobs
}

const BURN = ['WsSessionBudgetBurn critical', 'WsSessionBudgetBurn warning']
const down = { isDown: between(FROM, FROM + 30) }
const mute = { isMute: between(FROM, FROM + 30) }
const flaps = (second: number) => (between(FROM, FROM + 20)(second) ? 5 : 0)
const ceases = (second: number) => (second < FROM ? 5 : 0)
const restarting = (at: number) => ({ restartsAt: [at + 3], isDown: between(at, at + 3) })
const hiccup = { isDown: (second: number) => [FROM, FROM + 1, FROM + 20, FROM + 22].includes(second) }

type Story = [what: string, servers: (server: ReturnType<typeof job>) => WatchedSeries[], fires: string[]]

const STORIES: readonly Story[] = [
  ['two servers that serve', server => [...server('a'), ...server('b')], []],
  [
    'one of them lets nobody stay',
    server => [...server('a'), ...server('b', { flaps })],
    ['WsFlapping critical', ...BURN],
  ],
  [
    'both restart, one after the other: their counters begin again at zero',
    server => [...server('a', restarting(FROM)), ...server('b', restarting(FROM + 20))],
    [],
  ],
  [
    'a server restarts again and again, so fast that no scrape fails',
    server => server('a', { restartsAt: [FROM, FROM + 7, FROM + 30] }),
    [],
  ],
  [
    'nobody comes to one of two: their job is served',
    server => [...server('a'), ...server('b', { good: ceases })],
    [],
  ],
  [
    'nobody comes to either',
    server => [...server('a', { good: ceases }), ...server('b', { good: ceases })],
    ['WsTrafficGone critical'],
  ],
  [
    'one of two cannot be scraped for half a minute, and returns',
    server => [...server('a'), ...server('b', down)],
    ['WsTelemetryAbsent warning instance'],
  ],
  [
    'one of two answers without a single metric of ours',
    server => [...server('a'), ...server('b', mute)],
    ['WsTelemetryAbsent warning instance'],
  ],
  [
    'both answer so',
    server => [...server('a', mute), ...server('b', mute)],
    ['WsTelemetryAbsent critical job'],
  ],
  [
    'neither can be scraped for half a minute, and both return',
    server => [...server('a', down), ...server('b', down)],
    ['WsTelemetryAbsent critical job'],
  ],
  ['single scrapes fail', server => [...server('a', hiccup), ...server('b', hiccup)], []],
  ['clocks differ by seconds', server => [...server('a'), ...later(server('b'), 4)], []],
  [
    'clocks differ by seconds, and nobody stays',
    server => [...server('a', { flaps }), ...later(server('b', { flaps }), 4)],
    ['WsFlapping critical', ...BURN],
  ],
]

/** All stories are told at once, each as a job of its own. */
let told: ReturnType<typeof fired> | undefined
const allTold = () => {
  told ??= fired(STORIES.flatMap(([, servers], index) => servers(job(`story-${index}`))))
  return told
}

test.each(STORIES.map(([what, , fires], index) => [what, fires, index] as const))(
  '%s: fires %j',
  async (_, fires, index) => {
    expect((await allTold())[`story-${index}`] ?? []).toEqual(fires)
  },
)

test.each(['production', 'drill'] as const)('no rule for %s reads a clock: what is late is no fault', set => {
  const exprs = [...alertRules(set), ...recordingRules(set)].map(({ expr }) => expr)
  expect(exprs.filter(expr => /\b(time|timestamp|hour|minute|day_of_\w+)\s*\(/.test(expr))).toEqual([])
})

test('labels that need escaping reach the alert, its text and its links', async () => {
  const name = 'shop "eu"\\{{ $value }}/ü&x=1'
  const series = watchedServer({
    labels: { job: name, instance: '[::1]:80"' },
    seconds: SECONDS,
    good: () => 5,
    flaps,
  })
  const rule = alertRules('drill').find(({ alert }) => alert === 'WsFlapping')
  const { description = '', dashboard_url = '', ...others } = rule?.annotations ?? {}
  const exp_annotations = {
    ...others,
    description: description.replace('{{ $labels.job }}', name).replace('{{ $value | humanize }}', '5'),
    // As Go escapes a query: a blank is a plus.
    dashboard_url: dashboard_url.replace(
      '{{ $labels.job | urlquery }}',
      encodeURIComponent(name).replaceAll('%20', '+'),
    ),
  }
  const alert_rule_test = [
    {
      alertname: 'WsFlapping',
      eval_time: `${FROM + 15}s`,
      exp_alerts: [{ exp_labels: { ...rule?.labels, job: name }, exp_annotations }],
    },
  ]
  expect(await answer(series, ruleFile('drill'), 1, { alert_rule_test })).toContain('SUCCESS')
})

/** Seconds between samples where the windows are those of production: these 190 are more than six hours. */
const STEP = 120

test('an objective of 99.99 % with little traffic: under its floor a burn alert is silent', async () => {
  const production = (more = '') => {
    const rules = parse(ruleFile('production', tunedBy(`objectives: { session: 0.9999 }\n${more}`, 'test')))
    const isOwn = ({ name }: { name: string }) => name.startsWith('petrel-slo-session')
    return stringify({ groups: rules.groups.filter(isOwn) })
  }
  const series = [
    // A session in twenty minutes, and each one fails.
    ...job('rare')('a', { good: () => 0, flaps: second => (second % 10 === 0 ? 1 : 0) }),
    ...job('busy')('a', { good: () => 0, flaps: () => 12 }),
    // A session in eight seconds, and a single one fails.
    ...job('once')('a', { good: () => 15, flaps: second => (second === FROM ? 1 : 0) }),
  ]
  expect(await fired(series, production(), STEP)).toEqual({ busy: BURN, once: BURN })
  // A single failure is no burn where the floor fits the objective.
  const fits = production('trafficFloor: { production: 0.2 }')
  expect(await fired(series, fits, STEP)).toEqual({})
})
