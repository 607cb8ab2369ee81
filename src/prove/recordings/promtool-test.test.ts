import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { firingsIn, promtoolTest } from './promtool-test.ts'
import { sampleRecording } from './sample.ts'

const rules = { file: 'rules.yml', groups: ['one'], reads: () => true }

test('samples are written as promtool reads them', () => {
  const labels = { job: 'web' }
  const written = parse(
    promtoolTest(
      sampleRecording({
        series: [
          { name: 'a', labels, values: [1, 1, 1, 2.5, null, null, 'stale', 'NaN', '+Inf', '-Inf', 0] },
          { name: 'job:a:rate5m', labels, values: [1] },
          { name: 'ALERTS', labels, values: [1] },
        ],
      }),
      rules,
    ),
  )
  expect(written.tests[0].input_series).toEqual([
    { series: 'a{job="web"}', values: '1x2 2.5 _x2 stale NaN +Inf -Inf 0' },
  ])
})

test('what no rule reads is left out', () => {
  const written = parse(promtoolTest(sampleRecording(), { ...rules, reads: name => name === 'up' }))
  expect(written.tests[0].input_series).toHaveLength(1)
})

/** As promtool 2.42 answered. */
const ANSWER = `Unit Testing:  test.yml
  FAILED:
    expr: "label_replace(…, \\"edge\\", \\"read\\", \\"\\", \\"\\")", time: 1m50s,
        exp: nil
        got: {alertname="WsFlapping", edge="count", severity="critical"} 3.8E+01, {alertname="WsFlapping", edge="first", severity="critical"} 2.6E+01, {alertname="WsFlapping", edge="last", severity="critical"} 6.3E+01, {edge="read"} 1E+00
`

test('its answer says which alert fired when', () => {
  expect(firingsIn(ANSWER)).toEqual([
    { alert: 'WsFlapping', severity: 'critical', first: 26, last: 63, count: 38 },
  ])
  expect(firingsIn(ANSWER.replace(/\{alert.*1, /, ''))).toEqual([])
})

test('an answer that is cut off, or none, is not taken for silence', () => {
  expect(firingsIn(ANSWER.replace(/, \{edge="read".*/, ''))).toBeUndefined()
  expect(firingsIn('  FAILED:\nrules.yml: could not parse expression')).toBeUndefined()
  expect(firingsIn('  SUCCESS')).toBeUndefined()
})
