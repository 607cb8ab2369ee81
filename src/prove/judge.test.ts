import { expect, test } from 'vitest'
import type { Notification } from '#run'
import { type Expectation, judgeAlert } from './judge.ts'

const fault = { from: 100_000, to: 125_000 }
const mustFire: Expectation = {
  alert: 'WsFlapping',
  severity: 'critical',
  expected: 'fire',
  predicted: { detect: 5, resolve: 16 },
}
const mustStaySilent: Expectation = {
  ...mustFire,
  expected: 'silent',
  predicted: { detect: null, resolve: null },
}

function heard(status: 'firing' | 'resolved', receivedAt: number, severity = 'critical'): Notification {
  return { status, alert: 'WsFlapping', severity, job: 'a', labels: {}, receivedAt, startsAt: receivedAt }
}

test('fired and resolved as predicted: held, with the measured times', () => {
  const seen = judgeAlert(mustFire, fault, [heard('firing', 106_000), heard('resolved', 142_000)], [])
  expect(seen).toMatchObject({
    verdict: 'held',
    note: '',
    detect: { predicted: 5, measured: 6 },
    resolve: { predicted: 16, measured: 17 },
  })
})

test.each([
  ['nothing arrives', [], 'it did not fire'],
  ['it never resolves', [heard('firing', 106_000)], 'it did not resolve'],
  ['it fires before the fault', [heard('firing', 98_000)], 'it fired 2.0 s before the fault began'],
  [
    'it is slower than predicted',
    [heard('firing', 110_000), heard('resolved', 142_000)],
    'it fired 10.0 s after the fault began, predicted 5.0 s ± 4.3 s',
  ],
  [
    'a page takes more than 30 s',
    [heard('firing', 106_000), heard('resolved', 156_000)],
    'it resolved 31.0 s after the fault ended, allowed are 30.0 s',
  ],
  [
    'only the other severity fires',
    [heard('firing', 106_000, 'warning'), heard('resolved', 142_000, 'warning')],
    'it did not fire',
  ],
])('%s: did not hold, and says why', (_, notifications, why) => {
  const seen = judgeAlert(mustFire, fault, notifications, [])
  expect(seen.verdict).toBe('did_not_hold')
  expect(seen.note).toContain(why)
})

test('an alert that must stay silent fails by firing', () => {
  expect(judgeAlert(mustStaySilent, fault, [], []).verdict).toBe('held')
  expect(judgeAlert(mustStaySilent, fault, [heard('firing', 106_000)], [])).toMatchObject({
    verdict: 'did_not_hold',
    note: 'it fired',
  })
})

test('a run that lagged proves nothing, neither way', () => {
  const late = [heard('firing', 120_000), heard('resolved', 142_000)]
  expect(judgeAlert(mustFire, fault, late, ['scrapes lagged by 2.1 s'])).toMatchObject({
    verdict: 'not_proven',
  })
  expect(judgeAlert(mustStaySilent, fault, [], ['scrapes lagged by 2.1 s']).verdict).toBe('not_proven')
})
