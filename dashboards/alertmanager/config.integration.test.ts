import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { onFreePort } from '../../src/stack/free-port.ts'
import { type Service, startService } from '../../src/stack/prometheus.ts'
import { checkedBy, inFolder } from '../../test/support/promtool.ts'
import { requireTool } from '../../test/support/require-tool.ts'
import { alertRules } from '../rules/alert-rules.ts'
import { alertmanagerConfig, RECEIVERS } from './config.ts'

test.each(RECEIVERS)('amtool takes the configuration with %s receivers', async kind => {
  await inFolder(async folder => {
    writeFileSync(join(folder, 'alertmanager.yml'), alertmanagerConfig(kind))
    const { ok, text } = await checkedBy('amtool', ['check-config', join(folder, 'alertmanager.yml')])
    expect(text).toContain('SUCCESS')
    expect(text).toContain('2 receivers')
    expect(ok).toBe(true)
  })
})

test('no secret stands in a configuration', () => {
  for (const kind of RECEIVERS) {
    expect(alertmanagerConfig(kind)).not.toMatch(
      /api_url:|routing_key:|service_key:|password:|hooks\.slack\.com/,
    )
  }
})

/** One of each alert, severity and scope. */
const ALERTS = [
  ...new Map(
    alertRules('production').map(({ alert, severity, labels }) => {
      const scope = labels.scope === undefined ? {} : { scope: labels.scope }
      return [`${alert} ${severity} ${labels.scope ?? ''}`, { alertname: alert, severity, ...scope }]
    }),
  ),
]

const routed = (labels: Readonly<Record<string, string>>, receiver: string) =>
  inFolder(folder => {
    writeFileSync(join(folder, 'alertmanager.yml'), alertmanagerConfig('webhook'))
    return checkedBy('amtool', [
      'config',
      'routes',
      'test',
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--verify.receivers=${receiver}`,
      'job=web',
      'component=stream',
      ...Object.entries(labels).map(([label, value]) => `${label}=${value}`),
    ])
  })

test.each(ALERTS)('%s goes where its severity promises', async (_, labels) => {
  const expected = labels.severity === 'critical' ? 'pager' : 'tickets'
  expect(await routed(labels, expected)).toMatchObject({ ok: true })
  expect(await routed(labels, expected === 'pager' ? 'tickets' : 'pager')).toMatchObject({ ok: false })
})

/** A real Alertmanager with these rules, whose notifications go nowhere. */
async function startWith(folder: string): Promise<Service> {
  writeFileSync(join(folder, 'alertmanager.yml'), alertmanagerConfig('webhook'))
  const path = await requireTool('alertmanager')
  return onFreePort(port =>
    startService('Alertmanager', port, '/-/ready', path, folder, new AbortController().signal, [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ]),
  )
}

interface Held {
  labels: Record<string, string>
  status: { state: string; inhibitedBy: string[] }
}

/** Which of these alerts say nothing while all of them fire. */
async function silenced(url: string, alerts: readonly Record<string, string>[]): Promise<string[]> {
  const endsAt = new Date(Date.now() + 60_000).toISOString()
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(alerts.map(labels => ({ labels, annotations: {}, endsAt }))),
  })
  expect(response.status).toBe(200)
  const held = async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as Held[]
  await expect
    .poll(async () => (await held()).filter(({ labels }) => labels.job === alerts[0]?.job).length)
    .toBe(alerts.length)
  return (await held())
    .filter(({ labels, status }) => labels.job === alerts[0]?.job && status.inhibitedBy.length > 0)
    .map(({ labels }) => `${labels.alertname} ${labels.severity}`)
    .toSorted()
}

test('who fires makes others say nothing, of its own job alone', async () => {
  await inFolder(async folder => {
    await using alertmanager = await startWith(folder)
    const { url } = alertmanager
    const of =
      (job: string) =>
      (alertname: string, severity: string, more = {}) => ({ alertname, severity, job, ...more })
    const page = of('page')
    expect(
      await silenced(url, [
        page('WsFlapping', 'critical'),
        page('WsSessionBudgetBurn', 'critical', { window: '1h' }),
        page('WsSessionBudgetBurn', 'warning', { window: '1d' }),
        page('WsHandshakeBudgetBurn', 'warning', { window: '1d' }),
      ]),
    ).toEqual(['WsSessionBudgetBurn warning'])

    const gone = of('gone')
    expect(
      await silenced(url, [
        gone('WsTelemetryAbsent', 'critical', { scope: 'job' }),
        gone('WsTrafficGone', 'critical'),
        gone('WsFlapping', 'critical'),
        gone('WsSendAfterClose', 'warning'),
      ]),
    ).toEqual(['WsFlapping critical', 'WsSendAfterClose warning', 'WsTrafficGone critical'])

    const one = of('one-of-many')
    expect(
      await silenced(url, [
        one('WsTelemetryAbsent', 'warning', { scope: 'instance' }),
        one('WsFlapping', 'critical'),
      ]),
    ).toEqual([])

    const broker = of('broker')
    expect(
      await silenced(url, [
        broker('WsBrokerDown', 'critical'),
        broker('WsHandshakeBudgetBurn', 'critical'),
        broker('WsSequenceGaps', 'warning'),
        broker('WsWrongPathStorm', 'critical'),
      ]),
    ).toEqual(['WsHandshakeBudgetBurn critical', 'WsSequenceGaps warning'])
  })
})

test('no rule of silence can meet itself', () => {
  const { inhibit_rules } = parse(alertmanagerConfig('webhook')) as {
    inhibit_rules: { source_matchers: string[]; target_matchers: string[]; equal: string[] }[]
  }
  expect(inhibit_rules).toHaveLength(3)
  for (const { source_matchers, target_matchers, equal } of inhibit_rules) {
    expect(equal).toContain('job')
    // An alert that matched both sides would silence itself, or nothing at all.
    const [source = ''] = source_matchers
    const name = /alertname="(\w+)"/.exec(source)?.[1]
    if (name)
      expect(target_matchers.some(one => one === `alertname!="${name}"` || !one.includes(name))).toBe(true)
  }
})
