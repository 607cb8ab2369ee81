import { expect, test } from 'vitest'
import { systemClock, withScope } from '#core'
import { startWebhookReceiver } from './webhook.ts'

const post = (url: string, body: string) => fetch(url, { method: 'POST', body })

test('notes each alert of a notification with its time of arrival', () =>
  withScope(async scope => {
    const receiver = scope.use(await startWebhookReceiver({ wall: () => 1_234 }))
    const heard: string[] = []
    receiver.onNotification(({ alert, status }) => heard.push(`${alert} ${status}`))
    const alert = {
      status: 'firing',
      labels: { alertname: 'WsFlapping', severity: 'critical', job: 'a' },
      startsAt: '2026-01-01T00:00:00.500Z',
      endsAt: '0001-01-01T00:00:00Z',
    }
    const answer = await post(receiver.url, JSON.stringify({ version: '4', alerts: [alert] }))
    expect(answer.status).toBe(200)
    expect(heard).toEqual(['WsFlapping firing'])
    expect(receiver.notifications()).toMatchObject([
      { alert: 'WsFlapping', severity: 'critical', job: 'a', receivedAt: 1_234, startsAt: 1_767_225_600_500 },
    ])
  }))

test.each(['', 'not json', '{}', '{"alerts":[{"status":"odd"}]}'])(
  'what is no notification is refused and counted: %s',
  body =>
    withScope(async scope => {
      const receiver = scope.use(await startWebhookReceiver(systemClock))
      expect((await post(receiver.url, body)).status).toBe(400)
      expect(receiver.rejected()).toBe(1)
      expect(receiver.notifications()).toEqual([])
    }),
)
