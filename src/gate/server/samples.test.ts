import { Counter, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { parseSamples } from './samples.ts'

const page = `# HELP ws_handshakes_total Handshakes.
# TYPE ws_handshakes_total counter
ws_handshakes_total{route="/ws/{taskId}",outcome="accepted",status="101"} 138
ws_handshakes_total{route="unmatched",outcome="refused",status="404"} 7 1764000000000
ws_connections 3.5e2
ws_connections_limit +Inf
nodejs_eventloop_lag_mean_seconds Nan
`

test('sums over what a selection leaves open, zero over what is not there', () => {
  const samples = parseSamples(page)
  const metric = { name: 'ws_handshakes_total' }
  expect(samples.sum(metric)).toBe(145)
  expect(samples.sum(metric, { outcome: 'refused' })).toBe(7)
  expect(samples.sum(metric, { outcome: 'refused', status: '503' })).toBe(0)
  expect(samples.sum({ name: 'ws_connections' })).toBe(350)
  expect(samples.sum({ name: 'ws_connections_limit' })).toBe(Number.POSITIVE_INFINITY)
  expect(samples.has('ws_gone')).toBe(false)
})

test('reads what prom-client writes, whatever stands in a label', async () => {
  const register = new Registry()
  const counter = new Counter({ name: 'odd_total', help: 'h', labelNames: ['a', 'b'], registers: [register] })
  const values = ['plain', 'a"b', 'back\\slash', 'new\nline', '} 5', '{x="y"}', ',', '']
  for (const value of values) counter.inc({ a: value, b: '1' }, 2)
  const samples = parseSamples(await register.metrics())
  for (const value of values) expect(samples.sum({ name: 'odd_total' }, { a: value })).toBe(2)
})

test('any blanks may stand between the parts of a line', () => {
  const samples = parseSamples(
    'a_total{b="c"}\t1\na_total {b="c", d="e",} 2\na_total{b="c"}4 1764000000000\nb_total\t8',
  )
  expect(samples.sum({ name: 'a_total' }, { b: 'c' })).toBe(7)
  expect(samples.sum({ name: 'b_total' })).toBe(8)
})

test.each([
  ['<!doctype html><html>', 'line 1 is no sample: "<!doctype html><html>"'],
  ['ws_connections', 'line 1 is no sample'],
  ['ws_connections{state=open} 1', 'line 1 is no sample'],
  ['# fine\nws_connections 1\nws_connections soon', 'line 3 is no sample'],
])('%j is no page of metrics', (text, problem) => {
  expect(() => parseSamples(text)).toThrow(problem)
})
