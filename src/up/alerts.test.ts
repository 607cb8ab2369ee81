import { expect, test } from 'vitest'
import type { Notification } from '#run'
import { FiredAlerts } from './alerts.ts'

function told(
  status: Notification['status'],
  receivedAt: number,
  labels: Record<string, string> = {},
): Notification {
  const all = { alertname: 'WsWrongPathStorm', severity: 'critical', job: 'progress', ...labels }
  const { alertname: alert, severity, job } = all
  return { status, labels: all, alert, severity, job, receivedAt, startsAt: receivedAt }
}

test('an alert fires once, however often it is told, and resolves', () => {
  const alerts = new FiredAlerts()
  alerts.add(told('firing', 1))
  alerts.add(told('firing', 2))
  expect(alerts.list()).toEqual([
    expect.objectContaining({ firedAt: 1, resolvedAt: null, runbook: 'docs/runbooks/WsWrongPathStorm.md' }),
  ])
  alerts.add(told('resolved', 3))
  alerts.add(told('resolved', 4))
  alerts.add(told('firing', 5))
  expect(alerts.list()).toMatchObject([
    { firedAt: 1, resolvedAt: 3 },
    { firedAt: 5, resolvedAt: null },
  ])
})

test('the page and the ticket of one alert are two, told apart by their labels', () => {
  const alerts = new FiredAlerts()
  alerts.add(told('firing', 1))
  alerts.add(told('firing', 2, { severity: 'warning' }))
  alerts.add(told('resolved', 3))
  expect(alerts.list()).toMatchObject([
    { severity: 'critical', resolvedAt: 3 },
    { severity: 'warning', resolvedAt: null },
  ])
})

test('of many the oldest that are over are forgotten, never one that fires', () => {
  const alerts = new FiredAlerts()
  alerts.add(told('firing', 0, { instance: 'fires' }))
  for (let time = 1; time <= 500; time += 1) {
    alerts.add(told('firing', time))
    alerts.add(told('resolved', time))
  }
  expect(alerts.list().length).toBeLessThanOrEqual(201)
  expect(alerts.list()[0]).toMatchObject({ firedAt: 0, resolvedAt: null })
  expect(alerts.list().at(-1)).toMatchObject({ firedAt: 500 })
})

test('an alert that the catalogue does not know is shown all the same, without a page', () => {
  const alerts = new FiredAlerts()
  alerts.add(told('firing', 1, { alertname: '<b>Other</b>', severity: 'none' }))
  expect(alerts.list()).toMatchObject([{ alert: '<b>Other</b>', severity: 'warning', runbook: '' }])
})
