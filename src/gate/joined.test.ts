import { expect, test } from 'vitest'
import { PHASES } from '#catalog'
import { JOINED, joinedChecks } from './joined.ts'
import { sampleLoad, sampleWindow } from './sample.ts'

const CROWD = { cause: { by: 'crowd' }, behaviour: 'well-behaved' } as const
const ALL = 30 * PHASES.length
/** What a healthy server counts for the sample load. */
const AGREED = {
  'ws_handshakes_total{outcome="accepted",status="101"}': ALL,
  'ws_handshakes_total{outcome="refused",status="404"}': 0,
  'ws_sessions_total{verdict="good",reason="delivered"}': ALL,
  'ws_sessions_total{verdict="bad",reason="silent"}': 0,
  'ws_sends_total{type="progress",outcome="ok"}': ALL * 7,
  'ws_send_after_close_total{cause="peer_close",repeat="first"}': 0,
  'ws_send_after_close_total{cause="peer_close",repeat="again"}': 0,
  'ws_send_after_close_total{cause="local_close",repeat="first"}': 0,
  'ws_connections{state="open"}': 0,
  task_subscribers: 0,
}

/** Verdicts by id, of those that are not held. */
function found(change: Record<string, number>, load = sampleLoad()) {
  const checks = joinedChecks(load, sampleWindow({ ...AGREED, ...change }), CROWD)
  expect(checks.map(({ id }) => id)).toEqual(Object.keys(JOINED))
  return Object.fromEntries(
    checks.filter(({ verdict }) => verdict !== 'held').map(({ id, note }) => [id, note]),
  )
}

test('two ends that agree hold in every check', () => {
  expect(found({})).toEqual({})
})

test('a disagreement beyond the tolerance is told with both numbers, one within it is not', () => {
  const accepted = 'ws_handshakes_total{outcome="accepted",status="101"}'
  expect(found({ [accepted]: ALL + 1 })).toEqual({})
  expect(found({ [accepted]: ALL - 10 })).toEqual({
    'joined/handshakes-accepted': `the clients counted ${ALL}, the server ${ALL - 10}: 10 apart`,
  })
})

test('a refusal that is accepted first is a 101 to the client, and one by status is not', () => {
  const load = sampleLoad({}, { attempts: 50, accepted: 40, refused: { 404: 10 } })
  expect(
    found(
      {
        'ws_handshakes_total{outcome="refused",status="101"}': 10,
        'ws_handshakes_total{outcome="refused",status="404"}': 10,
      },
      load,
    ),
  ).toEqual({})
  expect(found({ 'ws_handshakes_total{outcome="refused",status="404"}': 10 })).toHaveProperty([
    'joined/handshakes-refused',
  ])
})

test('the tolerance of what was accepted goes by all that was, also when most of it was to be refused', () => {
  const toRefuse = 'ws_handshakes_total{outcome="refused",status="101"}'
  const load = sampleLoad({}, { accepted: 1_030, attempts: 1_030 })
  expect(found({ [toRefuse]: 1_005 }, load)).toEqual({})
  expect(found({ [toRefuse]: 1_020 }, load)).toHaveProperty(['joined/handshakes-accepted'])
})

test.each([
  ['joined/sessions-good', { 'ws_sessions_total{verdict="good",reason="delivered"}': ALL - 8 }],
  ['joined/frames-delivered', { 'ws_sends_total{type="progress",outcome="ok"}': ALL * 8 }],
  ['joined/sends-after-close', { 'ws_send_after_close_total{cause="peer_close",repeat="again"}': 1 }],
  ['joined/sends-after-close', { 'ws_send_after_close_total{cause="local_close",repeat="first"}': 1 }],
  ['joined/sockets-left', { 'ws_connections{state="open"}': 1 }],
  ['joined/subscriptions-left', { task_subscribers: 1 }],
])('%s is found alone', (id, change) => {
  expect(Object.keys(found(change))).toEqual([id])
})

test('a send into a close that only just came is a race, no finding', () => {
  expect(found({ 'ws_send_after_close_total{cause="peer_close",repeat="first"}': 50 })).toEqual({})
})

test('frames that clients of bad sessions left behind are allowed for, by their number', () => {
  const load = sampleLoad({}, { accepted: 130, attempts: 130 })
  const change = {
    'ws_handshakes_total{outcome="accepted",status="101"}': ALL + 100,
    'ws_sessions_total{verdict="bad",reason="short_lived"}': 100,
    'ws_sends_total{type="progress",outcome="ok"}': ALL * 7 + 300,
  }
  expect(found(change, load)).toEqual({})
  expect(
    found({ ...change, 'ws_sends_total{type="progress",outcome="ok"}': ALL * 7 + 350 }, load),
  ).toHaveProperty(['joined/frames-delivered'])
})

test('counters that went back belong to another process, and metrics that are gone prove nothing', () => {
  for (const window of [
    sampleWindow({ ...AGREED, 'ws_handshakes_total{outcome="accepted",status="101"}': -5 }),
    { ...sampleWindow(AGREED), after: undefined, problems: ['the metrics are gone'] },
  ]) {
    const checks = joinedChecks(sampleLoad(), window, CROWD)
    expect(checks).toHaveLength(Object.keys(JOINED).length)
    expect(checks.every(({ verdict, note }) => verdict === 'not_proven' && note !== '')).toBe(true)
  }
})

test('what one end cannot see is left out, with the reason', () => {
  const leftOut = (scenario: Parameters<typeof joinedChecks>[2]) =>
    joinedChecks(sampleLoad(), sampleWindow(AGREED), scenario).flatMap(({ id, verdict, note }) =>
      verdict === 'left_out' && note !== '' ? [id] : [],
    )
  expect(leftOut({ ...CROWD, cause: { by: 'front-door', answers: [] } })).toEqual([
    'joined/handshakes-refused',
  ])
  expect(leftOut({ ...CROWD, cause: { by: 'bad-readers', readers: 1, reads: 'nothing' } })).toHaveLength(3)
  expect(leftOut({ ...CROWD, behaviour: 'drops-at-the-end' })).toEqual(['joined/sessions-good'])
  expect(leftOut(CROWD)).toEqual([])
  const { task_subscribers: _, ...ofAnotherMake } = AGREED
  const checks = joinedChecks(sampleLoad(), sampleWindow(ofAnotherMake), CROWD)
  expect(checks.filter(({ verdict }) => verdict !== 'held')).toMatchObject([
    { id: 'joined/subscriptions-left', verdict: 'left_out', note: 'the server has no task_subscribers' },
  ])
})

test('sessions that were cut, or that the generator kept too long, are known differences: by their number', () => {
  const good = 'ws_sessions_total{verdict="good",reason="delivered"}'
  const cut = { 'ws_sessions_total{verdict="bad",reason="network"}': 20 }
  expect(found({ [good]: ALL - 20, ...cut })).toEqual({})
  expect(found({ [good]: ALL - 30, ...cut })).toHaveProperty(['joined/sessions-good'])
  expect(found({ [good]: ALL + 10 }, sampleLoad({}, { overstayed: 10 }))).toEqual({})
  expect(found({ [good]: ALL + 20 }, sampleLoad({}, { overstayed: 10 }))).toHaveProperty([
    'joined/sessions-good',
  ])
})
