import { expect, test } from 'vitest'
import { judgeRecording } from './judge-recording.ts'
import type { Firing } from './promtool-test.ts'
import { sampleRecording } from './sample.ts'

/** The fault of the sample lasts from its second 40 to 60, and the sample to its second 119. */
const storm = (first: number, last: number, count = last - first + 1): Firing => ({
  alert: 'WsWrongPathStorm',
  severity: 'critical',
  first,
  last,
  count,
})
const judged = (...firings: Firing[]) =>
  judgeRecording(sampleRecording(), firings).filter(({ verdict }) => verdict !== 'held')

test('an alert that fires and resolves in its time holds, and those that were silent do', () => {
  expect(judged(storm(43, 73))).toEqual([])
  expect(judgeRecording(sampleRecording(), [storm(43, 73)])[0]).toMatchObject({ detect: 3, resolve: 14 })
})

test.each<[what: string, firings: Firing[], note: RegExp]>([
  ['never', [], /did not fire/],
  ['too late', [storm(48, 73)], /fired 8.0 s after the fault began, allowed 0.0 to 6.0 s/],
  ['before the fault', [storm(20, 73)], /fired -20.0 s/],
  ['too long', [storm(43, 90)], /resolved 31.0 s after the fault ended/],
  ['to the end', [storm(43, 119)], /never resolved/],
  ['on and off', [storm(43, 73, 20)], /let go in between/],
])('one that fires %s does not', (_, firings, note) => {
  const [one, ...others] = judged(...firings)
  expect(others).toEqual([])
  expect(one).toMatchObject({
    alert: 'WsWrongPathStorm',
    verdict: 'did_not_hold',
    note: expect.stringMatching(note),
  })
})

test('one that must be silent may not fire, one that nobody cares about may', () => {
  const flapping = { ...storm(43, 50), alert: 'WsFlapping' }
  const burn = { ...storm(43, 50), alert: 'WsHandshakeBudgetBurn' }
  expect(judged(storm(43, 73), flapping, burn)).toMatchObject([
    { alert: 'WsFlapping', verdict: 'did_not_hold', note: 'it fired' },
  ])
})

test('an alert that the recording does not know is not proven when it fires', () => {
  expect(judged(storm(43, 73), { ...storm(43, 73), severity: 'warning' })).toMatchObject([
    { alert: 'WsWrongPathStorm', severity: 'warning', expected: 'unknown', verdict: 'not_proven' },
  ])
})
