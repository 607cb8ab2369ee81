import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { WINDOW_SETS } from '#catalog'
import { dashboardFiles } from './generated.ts'
import { alertRules } from './rules/alert-rules.ts'
import { lintRules } from './rules/lint.ts'
import { ruleFile } from './rules/rule-file.ts'
import { tunedBy } from './settings.ts'
import { CATALOGUE } from './watched.ts'

const EXAMPLE = readFileSync(resolve(import.meta.dirname, '../examples/petrel.settings.yaml'), 'utf8')

test('an empty file changes nothing', () => {
  expect(dashboardFiles(tunedBy('', 'empty.yaml'))).toEqual(dashboardFiles())
  expect(dashboardFiles(tunedBy('# nothing\n', 'empty.yaml'))).toEqual(dashboardFiles())
})

test('the example tunes objectives, thresholds, selectors and links, and keeps to the policy', () => {
  const watched = tunedBy(EXAMPLE, 'example')
  const rules = ruleFile('production', watched)
  const ruleOf = (alert: string) => alertRules('production', watched).filter(rule => rule.alert === alert)
  // 14.4 times the budget of 99.9 %.
  expect(ruleOf('WsSessionBudgetBurn')[0]?.expr).toContain('> 0.0144\n')
  expect(ruleOf('WsHandshakeBudgetBurn')[0]?.expr).toContain('> 0.072\n')
  expect(ruleOf('WsFlapping')).toMatchObject([{ for: '2m', expr: expect.stringContaining(' > 2\n') }])
  expect(ruleOf('WsEventLoopLag')[0]?.expr).toContain('> 0.1')
  expect(ruleOf('WsBrokerDown')).toEqual([])
  for (const [, labels = ''] of rules.matchAll(/\bws_\w+_total(\{[^}]*\})?\[/g)) {
    expect(labels).toContain('namespace="shop"')
  }
  expect(ruleOf('WsFlapping')[0]?.annotations.dashboard_url).toMatch(/^https:\/\/grafana\.example\.com\/d\//)
  for (const set of WINDOW_SETS) expect(lintRules(ruleFile(set, watched), watched)).toEqual([])
  const overview = dashboardFiles(watched).find(({ path }) => path.endsWith('realtime-overview.json'))
  expect(overview?.content).toContain('namespace=\\"shop\\"')
  expect(overview?.content).toContain('objective of 99.9 %')
})

const pair = (long: string, short: string) =>
  `{ severity: critical, long: ${long}, short: ${short}, factor: 14.4, for: 0s, keepFiringFor: 5m }`

test.each([
  ['objectives: { session: 99.9 }', /objectives\.session/],
  ['objectives: { sesion: 0.999 }', /sesion/],
  ['alerts: { WsFlaping: { off: why } }', /WsFlaping/],
  ['alerts: { WsFlapping: { production: { threshold: 3 } } }', /WsFlapping has no threshold to tune/],
  ['alerts: { WsFlapping: { production: { window: 0s } } }', /window: a range of nothing/],
  ['alerts: { WsTrafficGone: { drill: { before: 0h0m } } }', /before: a range of nothing/],
  [
    'burnWindows: { drill: [{ severity: critical, long: 0s, short: 5s, factor: 2, for: 0s, keepFiringFor: 5s }] }',
    /drill\.0\.long: a range of nothing/,
  ],
  ['alerts: { WsSessionBudgetBurn: { production: { for: 1m } } }', /no windows of its own/],
  ['alerts: { WsFlapping: { production: { for: soon } } }', /alerts\.WsFlapping\.production\.for/],
  ['alerts: { WsFlapping: { production: { for: 1m2h } } }', /alerts\.WsFlapping\.production\.for/],
  [`burnWindows: { production: [${pair('5m', '1h')}] }`, /production\.0\.short: not shorter/],
  [`burnWindows: { production: [${pair('1h', '60m')}] }`, /production\.0\.short: not shorter/],
  [`burnWindows: { production: [${pair('1h', '5m')}, ${pair('60m', '2m')}] }`, /the same long window/],
  ['burnWindows: { production: [{ long: 1h }] }', /production\.0\.severity/],
  ['links: { grafana: "javascript:alert(1)" }', /links\.grafana/],
  ['treshold: 1', /treshold/],
  ['a: [', /not YAML/],
])('%s is refused with the place', (text, message) => {
  expect(() => tunedBy(text, 'mine.yaml')).toThrow(message)
  expect(() => tunedBy(text, 'mine.yaml')).toThrow(/mine\.yaml/)
})

test('a slash at the end of a link is taken off', () => {
  const watched = tunedBy('links: { grafana: "https://grafana.example.com/sub/" }', 'mine.yaml')
  expect(alertRules('drill', watched)[0]?.annotations.dashboard_url).toMatch(
    /^https:\/\/grafana\.example\.com\/sub\/d\//,
  )
})

test('an objective under which an alert could never fire is refused when the rules are made', () => {
  expect(() => ruleFile('production', tunedBy('objectives: { session: 0.9 }', 'mine.yaml'))).toThrow(
    /not between 0 and 1/,
  )
})

test('label values of a selector are escaped', () => {
  const watched = { ...CATALOGUE, selector: { team: 'a"b\\c' } }
  expect(alertRules('drill', watched).find(({ alert }) => alert === 'WsBrokerDown')?.expr).toContain(
    'task_broker_up{team="a\\"b\\\\c"}',
  )
})
