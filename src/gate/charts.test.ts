import { expect, test } from 'vitest'
import { chartsOf } from './charts.ts'
import { sampleLoad, sampleWindow } from './sample.ts'

const window = sampleWindow({
  'ws_handshakes_total{outcome="accepted"}': 24,
  'ws_closes_total{code_class="normal"}': 24,
  'ws_closes_total{code_class="error"}': 0,
  'ws_connections{state="open"}': 6,
})
const names = (charts: ReturnType<typeof chartsOf>) =>
  Object.fromEntries(charts.map(({ title, series }) => [title, series.map(({ name }) => name)]))

test('both ends are in one chart, second by second', () => {
  const charts = chartsOf(sampleLoad(), window.readings)
  expect(names(charts)).toMatchObject({
    Handshakes: ['accepted (clients)', 'refused (clients)', 'accepted (server)', 'refused (server)'],
    Sockets: ['open (clients)', 'open and closing (server)'],
    'Time of a handshake': ['p50 (clients)', 'p95 (clients)', 'p99 (clients)'],
    'Recovery: lost streams that are back': ['back (clients)'],
  })
  const [accepted] = charts[0]?.series ?? []
  expect(accepted?.points[0]?.[1]).toBe(6)
  const recovery = charts.at(-1)?.series[0]?.points.map(([, value]) => value)
  // Nothing was lost in the first window: no share is no 0 %.
  expect(recovery).toEqual([null, 2 / 3, 2 / 3, 2 / 3])
})

test('classes of close codes that nobody saw are left out', () => {
  expect(names(chartsOf(sampleLoad(), window.readings))['Closes by code']).toEqual([
    'normal (clients)',
    'normal (server)',
  ])
})

test('of a server without metrics the clients are shown, of a load without a course the server', () => {
  expect(names(chartsOf(sampleLoad(), [])).Sockets).toEqual(['open (clients)'])
  const server = names(chartsOf(sampleLoad({ curves: null }), window.readings))
  expect(server.Sockets).toEqual(['open and closing (server)'])
  expect(server).not.toHaveProperty('Time of a handshake')
  expect(chartsOf(sampleLoad({ curves: null }), [])).toEqual([])
})

test('a load in which nothing was lost has no curve of recovery', () => {
  const { curves } = sampleLoad()
  const points = curves?.points.map(point => ({ ...point, lost: 0, back: 0 })) ?? []
  const titles = chartsOf(sampleLoad({ curves: { windowMs: 1_000, points } }), []).map(({ title }) => title)
  expect(titles).not.toContain('Recovery: lost streams that are back')
})

test("the server's time is taken from its buckets, between two readings", () => {
  const buckets = Object.fromEntries(
    [
      ['0.01', 0],
      ['0.025', 90],
      ['0.05', 100],
      ['0.1', 100],
      ['+Inf', 100],
    ].map(([le, grown]) => [`ws_handshake_seconds_bucket{outcome="accepted",le="${le}"}`, grown as number]),
  )
  const { readings } = sampleWindow(buckets)
  const chart = chartsOf(sampleLoad(), readings).find(({ title }) => title === 'Time of a handshake')
  const server = chart?.series.find(({ name }) => name === 'p95 (server)')
  // Half of the way from 25 to 50 ms: 90 % lie below, 95 % are asked for.
  expect(server?.points.map(([, value]) => value?.toFixed(1))).toEqual(['37.5', '37.5'])
  const quiet = sampleWindow(Object.fromEntries(Object.keys(buckets).map(key => [key, 0])))
  const none = chartsOf(sampleLoad(), quiet.readings).find(({ title }) => title === 'Time of a handshake')
  expect(none?.series.at(-1)?.points.map(([, value]) => value)).toEqual([null, null])
})
