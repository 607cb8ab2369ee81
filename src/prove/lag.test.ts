import { expect, test } from 'vitest'
import type { Notification, PromSeries } from '#run'
import { lagProblems, notificationLagProblems, unreadProblems, widestGapSeconds } from './lag.ts'

const everySecond = (count: number, hole = 0, up = 1): PromSeries[] => [
  {
    labels: {},
    points: Array.from({ length: count }, (_, i) => [i * 1_000 + (i > 4 ? hole : 0), up] as const),
  },
]

function prometheusWith(scrapes: PromSeries[], evaluations: PromSeries[]) {
  return {
    query: async (expression: string) => (expression.startsWith('up{') ? scrapes : evaluations),
    range: async () => [],
  }
}
const span = { from: 0, to: 10_000 }

test('samples on time are no problem', async () => {
  expect(await lagProblems(prometheusWith(everySecond(10), everySecond(10)), 'a', span, 1)).toEqual([])
})

test('a late scrape, a late evaluation, a failed scrape and silence are each named', async () => {
  expect(await lagProblems(prometheusWith(everySecond(10, 1_500), everySecond(10)), 'a', span, 1)).toEqual([
    'scrapes lagged by 1.5 s',
  ])
  expect(await lagProblems(prometheusWith(everySecond(10), everySecond(10, 3_000)), 'a', span, 1)).toEqual([
    'rule evaluations lagged by 3.0 s',
  ])
  expect(await lagProblems(prometheusWith(everySecond(3, 0, 0), everySecond(10)), 'a', span, 1)).toEqual([
    '3 scrapes of the server failed',
  ])
  expect(await lagProblems(prometheusWith([], []), 'a', span, 1)).toEqual([
    'no scrapes were recorded',
    'no rule evaluations were recorded',
  ])
})

test('the widest gap is between neighbours', () => {
  expect(widestGapSeconds([0, 1_000, 4_500, 5_000])).toBe(3.5)
  expect(widestGapSeconds([7])).toBe(0)
})

const notification = (status: 'firing' | 'resolved', receivedAt: number, severity = 'critical') =>
  ({ status, alert: 'WsFlapping', severity, job: 'a', labels: {}, receivedAt, startsAt: 0 }) as Notification
const firingFor = (from: number, to: number): PromSeries[] => [
  {
    labels: { alertname: 'WsFlapping', severity: 'critical' },
    points: Array.from({ length: (to - from) / 1_000 + 1 }, (_, index) => [from + index * 1_000, 1] as const),
  },
]

test('a notification that reached the webhook long after the rule is named; one in time, or of another severity, is not', async () => {
  const problems = (...received: Notification[]) =>
    notificationLagProblems(
      { query: async () => firingFor(2_000, 6_000), range: async () => [] },
      'a',
      span,
      received,
    )
  expect(await problems(notification('firing', 3_900), notification('resolved', 8_900))).toEqual([])
  expect(await problems(notification('firing', 4_200), notification('resolved', 9_200))).toEqual([
    'WsFlapping (critical): its firing notification lagged by 1.2 s',
    'WsFlapping (critical): its resolved notification lagged by 1.2 s',
  ])
  expect(await problems(notification('firing', 90_000, 'warning'))).toEqual([])
  expect(await problems()).toEqual([])
})

test('an alert that fires to the end of the run is late itself: its all-clear says nothing of the machine', async () => {
  const prometheus = { query: async () => firingFor(2_000, 10_000), range: async () => [] }
  const received = [notification('firing', 3_000), notification('resolved', 16_000)]
  expect(await notificationLagProblems(prometheus, 'a', span, received)).toEqual([])
})

test('notifications that could not be read are told: what seems silent may have fired', () => {
  expect(unreadProblems({ rejected: () => 0 })).toEqual([])
  expect(unreadProblems({ rejected: () => 2 })).toEqual([
    '2 notifications could not be read: is Alertmanager 0.25 or later?',
  ])
})
