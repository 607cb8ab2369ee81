import { expect, test } from 'vitest'
import type { Notification } from '#run'
import { type ExpectedCell, expectedOf } from './expected.ts'
import { judgeCell, MOMENT_MS } from './judge-cell.ts'

const fault = { from: 100_000, to: 125_000 }
const predicted = { detect: 5, resolve: 16 }
const nothing = { detect: null, resolve: null }
const cellOf = (alert: string, over: Partial<ExpectedCell> = {}): ExpectedCell => {
  const cell = expectedOf({ fires: [] }).find(one => one.alert === alert)
  if (!cell) throw new Error(`no alert ${alert}`)
  return { ...cell, ...over }
}
const page = cellOf('WsFlapping', { expected: 'fire' })
const ticket = cellOf('WsSlowConsumers', { expected: 'fire' })
const silent = cellOf('WsFlapping')

function heard(
  cell: ExpectedCell,
  status: 'firing' | 'resolved',
  receivedAt: number,
  startsAt = receivedAt - 500,
): Notification {
  const { alert, severity } = cell
  return { status, alert, severity, job: 'a', labels: {}, receivedAt, startsAt }
}
const inTime = (cell: ExpectedCell) => [heard(cell, 'firing', 106_000), heard(cell, 'resolved', 142_000)]

test('fired within the fault and resolved after it, as predicted: a true positive that held', () => {
  expect(judgeCell(page, fault, predicted, inTime(page), [])).toMatchObject({
    observed: 'fired',
    falsePositives: 0,
    verdict: 'held',
    note: '',
    detect: { measured: 6, predicted: 5, allowed: 30 },
    resolve: { measured: 17, predicted: 16, allowed: 30 },
  })
})

test('fired at the latest when the fault is over by the time that it is allowed: just in, just out', () => {
  const at = (startsAt: number) => [
    heard(ticket, 'firing', startsAt, startsAt),
    heard(ticket, 'resolved', startsAt + 9_000),
  ]
  const last = fault.to + 30_000
  expect(judgeCell(ticket, fault, predicted, at(last), []).observed).toBe('fired')
  expect(judgeCell(ticket, fault, predicted, at(last + 1), [])).toMatchObject({
    observed: 'fired_at_another_time',
    falsePositives: 1,
    verdict: 'did_not_hold',
  })
})

test('a firing that began before the fault is a false positive, and the alert has not fired', () => {
  const early = [heard(page, 'firing', 99_000), heard(page, 'resolved', 130_000)]
  const judged = judgeCell(page, fault, predicted, early, [])
  expect(judged).toMatchObject({ observed: 'fired_at_another_time', falsePositives: 1 })
  expect(judged.note).toBe('it fired -1.5 s after the fault began; it did not fire')
})

test.each([
  ['nothing arrives', [], 'it did not fire'],
  ['it never resolves', [heard(page, 'firing', 106_000)], 'it did not resolve'],
  [
    'it resolves while the fault goes on',
    [heard(page, 'firing', 106_000), heard(page, 'resolved', 121_000)],
    'it resolved 4.0 s before the fault ended',
  ],
  [
    'a page is slower than predicted',
    [heard(page, 'firing', 110_000), heard(page, 'resolved', 142_000)],
    'it fired 10.0 s after the fault began, predicted 5.0 s ± 4.3 s',
  ],
  [
    'a page is slower than any may be',
    [heard(page, 'firing', 106_000), heard(page, 'resolved', 156_000)],
    'it resolved 31.0 s after the fault ended, allowed are 30.0 s',
  ],
])('%s: did not hold, and says why', (_, notifications, why) => {
  const judged = judgeCell(page, fault, predicted, notifications, [])
  expect(judged.verdict).toBe('did_not_hold')
  expect(judged.note).toContain(why)
})

test('a ticket has its budget, and no prediction to keep; a page that no formula explains does not hold', () => {
  const slow = (cell: ExpectedCell) => [heard(cell, 'firing', 120_000), heard(cell, 'resolved', 150_000)]
  expect(judgeCell(ticket, fault, predicted, slow(ticket), []).verdict).toBe('held')
  expect(judgeCell(ticket, fault, nothing, slow(ticket), []).verdict).toBe('held')
  expect(judgeCell(page, fault, nothing, inTime(page), []).note).toContain(
    'the prediction says that it never can',
  )
})

test('it may let go and come back: it is resolved when it has resolved for good', () => {
  const twice = [
    heard(ticket, 'firing', 106_000),
    heard(ticket, 'resolved', 112_000),
    heard(ticket, 'firing', 115_000),
    heard(ticket, 'resolved', 140_000),
  ]
  expect(judgeCell(ticket, fault, predicted, twice, [])).toMatchObject({
    verdict: 'held',
    resolve: { measured: 15 },
  })
  expect(judgeCell(ticket, fault, predicted, twice.slice(0, 3), []).note).toBe('it did not resolve')
})

test('what was over at once is counted from there, however long the fault goes on', () => {
  const cell = { ...page, momentary: true }
  const notifications = [heard(cell, 'firing', 104_000), heard(cell, 'resolved', 115_000)]
  const end = fault.from + MOMENT_MS
  expect(judgeCell(cell, fault, { detect: 4, resolve: 12 }, notifications, [])).toMatchObject({
    verdict: 'held',
    resolve: { measured: (115_000 - end) / 1_000 },
  })
})

test('an alert that must stay silent fails by firing, at whatever time; one that nobody cares about never', () => {
  expect(judgeCell(silent, fault, nothing, [], []).verdict).toBe('held')
  for (const at of [50_000, 106_000, 200_000]) {
    expect(judgeCell(silent, fault, nothing, [heard(silent, 'firing', at)], [])).toMatchObject({
      falsePositives: 1,
      verdict: 'did_not_hold',
    })
  }
  const either = { ...silent, expected: 'either' } as const
  expect(judgeCell(either, fault, nothing, inTime(either), [])).toMatchObject({
    observed: 'fired',
    falsePositives: 0,
    verdict: 'held',
  })
})

test('the other severity of an alert is another cell', () => {
  const asTicket = inTime(page).map(one => ({ ...one, severity: 'warning' }))
  expect(judgeCell(page, fault, predicted, asTicket, []).note).toBe('it did not fire')
})

test('a run that lagged proves nothing, neither way', () => {
  const lag = ['scrapes lagged by 2.1 s']
  expect(judgeCell(page, fault, predicted, [], lag).verdict).toBe('not_proven')
  expect(judgeCell(silent, fault, nothing, inTime(silent), lag).verdict).toBe('not_proven')
})
