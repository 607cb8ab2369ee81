import { expect, test } from 'vitest'
import { gateResultSchema } from '../result.ts'
import { sampleCheck, sampleGate, sampleLoad } from '../sample.ts'
import { githubAnnotations } from './annotations.ts'
import { consoleLines } from './console.ts'
import { junitXml } from './junit.ts'
import { literal, markdownSummary } from './markdown.ts'
import { gateReport } from './page.ts'

/** What an answer, a task id or a line of k6 may hold, of everything that some report could take for its own. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  ']]>',
  '\u001b[31mred\u001b]0;title\u0007',
  '::error::forged',
  '\n::add-mask::x',
  '##[error]forged',
  '[click](javascript:alert(1))',
  '![](http://127.0.0.1/pixel)',
  '@everyone',
  '`code` | cell | \\| \\',
  '\u202egnp.exe',
  '\ud800\ufffe\u0000',
].join(' ')

const hostile = sampleGate(
  {
    target: HOSTILE,
    suite: HOSTILE,
    environment: { [HOSTILE]: HOSTILE },
    leftOut: [HOSTILE],
    notRun: [HOSTILE],
  },
  {
    scenario: HOSTILE,
    summary: HOSTILE,
    problems: [HOSTILE],
    charts: [{ title: HOSTILE, unit: HOSTILE, series: [{ name: HOSTILE, unit: HOSTILE, points: [[1, 1]] }] }],
    checks: (['held', 'warned', 'did_not_hold', 'not_proven', 'left_out'] as const).map(verdict =>
      sampleCheck({ verdict, id: HOSTILE, title: HOSTILE, note: HOSTILE, limit: HOSTILE, source: HOSTILE }),
    ),
  },
)
const paint = (verdict: string) => verdict.replaceAll('_', ' ')

test('the sample is a result', () => {
  expect(gateResultSchema.parse(sampleGate())).toEqual(sampleGate())
})

test('the console tells the verdict, the findings with both numbers, and what was left out', () => {
  const text = consoleLines(sampleGate({ leftOut: ['joined checks'], notRun: ['flapping'] }), paint).join(
    '\n',
  )
  expect(text).toContain('scenario healthy: did not hold (1 of 5 checks held)')
  expect(text).toContain('the clients counted 152, the server 90: 62 apart')
  expect(text).toContain('\nleft out: joined checks\n')
  expect(text).toContain('not played: flapping')
  expect(text).toMatch(/gate smoke: did not hold: 1 scenario, checks: 1 held, 1 warning, 1 did not hold/)
})

test('why a run proves nothing comes first, and checks of one reason say it once', () => {
  const gone = { verdict: 'not_proven', note: 'the metrics are gone', limit: '' } as const
  const checks = ['joined/a', 'joined/b', 'joined/c'].map(id => sampleCheck({ ...gone, id, title: 'T' }))
  const lines = consoleLines(sampleGate({}, { checks, problems: ['the server ended\nstart it'] }), paint)
  expect(lines.slice(1, 5)).toEqual([
    '  not proven: the server ended',
    '  | start it',
    '  not proven: joined/a: T, joined/b, joined/c',
    '    the metrics are gone',
  ])
  const told = '`the server ended / start it`'
  expect(markdownSummary(sampleGate({}, { problems: ['the server ended\nstart it'] }))).toContain(told)
})

test('nothing from outside reaches the terminal as a control, or a CI runner as a command', () => {
  const forged = sampleCheck({ verdict: 'not_proven', note: ' ::error::forged' })
  const lines = [
    ...consoleLines(hostile, paint),
    ...consoleLines(sampleGate({}, { checks: [forged] }), paint),
  ]
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  for (const line of lines) expect(line).not.toMatch(/^\s*::|##\[/)
})

test('JUnit has a suite for each scenario, a case for each check, and what each came to', () => {
  const xml = junitXml(sampleGate({ notRun: ['flapping'] }))
  expect(xml).toContain('<testsuite name="healthy" tests="5" failures="1" errors="1" skipped="1">')
  expect(xml.match(/<testcase /g)).toHaveLength(6)
  expect(xml).toContain(
    '<failure message="the clients counted 152, the server 90: 62 apart (limit &gt;= 0.99)"/>',
  )
  expect(xml).toContain('name="flapping"')
})

test('nothing from outside becomes an element of XML, or a character that XML does not have', () => {
  const elements = new Set([...junitXml(hostile).matchAll(/<\/?([\w!?-]+)/g)].map(([, name]) => name))
  expect([...elements].toSorted()).toEqual(
    ['?xml', 'error', 'failure', 'skipped', 'system-out', 'testcase', 'testsuite', 'testsuites'].toSorted(),
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(junitXml(hostile)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]/)
})

test('Markdown begins with its mark, and has the findings', () => {
  const text = markdownSummary(sampleGate())
  expect(text.startsWith('<!-- petrel gate -->\n\n## Petrel gate: did not hold\n')).toBe(true)
  expect(text).toContain(
    '| `healthy` | did not hold | `joined/handshakes-accepted` | `the clients counted 152, the server 90: 62 apart` | `>= 0.99` |',
  )
})

test('nothing from outside becomes Markdown: outside of code spans there are our own words alone', () => {
  const text = markdownSummary(hostile)
  const outside = text.replaceAll(/`[^`\n]*`/g, '')
  expect(outside).not.toMatch(/alert|script|img|everyone|forged|pixel|javascript/)
  // Each row of a table has the cells of its head.
  for (const block of text.split('\n\n')) {
    const rows = block.split('\n').filter(line => line.startsWith('|'))
    expect(new Set(rows.map(row => row.split('|').length)).size).toBeLessThanOrEqual(1)
  }
  expect(literal('')).toBe('-')
})

test('annotations are an error for what did not hold and a warning for the rest, ten of each at most', () => {
  expect(githubAnnotations(sampleGate()).map(line => line.split(' ')[0])).toEqual([
    '::error',
    '::warning',
    '::warning',
  ])
  const many = Array.from({ length: 30 }, () => sampleCheck({ verdict: 'did_not_hold', note: 'n' }))
  expect(githubAnnotations(sampleGate({}, { checks: many }))).toHaveLength(10)
})

test('what was left out is called so once, in every report', () => {
  const result = sampleGate({ leftOut: ['joined checks: no metrics'] }, { checks: [] })
  for (const text of [consoleLines(result, paint).join('\n'), markdownSummary(result), gateReport(result)])
    expect(text.match(/left out/gi)).toHaveLength(1)
})

test('an annotation is one line, whatever is in it', () => {
  const lines = githubAnnotations(hostile)
  expect(lines.length).toBeGreaterThan(3)
  for (const line of lines) {
    expect(line).not.toMatch(/[\n\r]/)
    // One command, whose only property is its title.
    expect(line).toMatch(/^::(error|warning) title=[^:,]*::/)
  }
})

test('the page shows every check and both tables, and is told to load nothing', () => {
  const page = gateReport(sampleGate({ partial: true }))
  expect(page.match(/<tr data-check>/g)).toHaveLength(5)
  expect(page).toContain('This report is partial')
  expect(page).toContain(`default-src 'none'`)
  expect(page).not.toMatch(/<[^>]*\s(?:src|href)=/)
})

test('the page tells how the crowd came back, where something was lost', () => {
  expect(gateReport(sampleGate())).not.toContain('class="recovery"')
  const { recovery } = sampleLoad()
  const load = sampleLoad({
    recovery: { ...recovery, losses: 50, p50Ms: 568.4, p95Ms: 892, neverCameBack: 1 },
  })
  expect(gateReport(sampleGate({}, { load }))).toMatch(
    /<td>50<\/td><td>568 ms<\/td><td>892 ms<\/td><td>not in this run<\/td><td>1<\/td>/,
  )
})

test('what a comparison found, and could have found, stands in every report', () => {
  const comparison = {
    ...{ shift: 0.012, low: -0.01, high: 0.03, p: 0.4, noise: 0.05, floor: 0.02 },
    ...{ detectable: 0.083, base: [1], head: [1] },
  }
  const check = sampleCheck({ id: 'baseline/connect', kind: 'baseline', comparison })
  const result = sampleGate({}, { checks: [check] })
  const told = '+1.2 %, 95 %: -1.0 % to +3.0 %; a change of 8.3 % would have been found in 4 of 5 cases'
  expect(consoleLines(result, paint).join('\n')).toContain(`held: baseline/connect: ${told}`)
  expect(gateReport(result)).toContain(told)
  const blind = sampleCheck({
    ...check,
    comparison: { ...comparison, low: null, high: null, detectable: null },
  })
  expect(consoleLines(sampleGate({}, { checks: [blind] }), paint).join('\n')).toContain('can show no change')
})

test('nothing from outside becomes markup in the page: its one script is its own', () => {
  const page = gateReport(hostile)
  expect(page.match(/<script/g)).toHaveLength(1)
  expect(page).not.toMatch(/<img|<link|<iframe/)
  expect(page).not.toMatch(/NaN|undefined/)
})
