import { stringify } from 'yaml'
import { GENERATED } from '../rules/rule-file.ts'
import { CATALOGUE, type Watched } from '../watched.ts'

/** Where pages and tickets go. Secrets are read from files, never written into the configuration. */
export const RECEIVERS = ['webhook', 'slack', 'pagerduty'] as const
export type ReceiverKind = (typeof RECEIVERS)[number]

/** How long people wait, by severity: a page must not wait for company; a ticket may. */
export const PATIENCE = {
  critical: { group_wait: '10s', group_interval: '1m', repeat_interval: '4h' },
  warning: { group_wait: '2m', group_interval: '10m', repeat_interval: '24h' },
} as const

const PAGER = 'pager'
const TICKETS = 'tickets'

/** An alert source that makes others say nothing, where both have these labels alike. */
interface InhibitRule {
  source_matchers: string[]
  target_matchers: string[]
  equal: string[]
}

/** An Alertmanager configuration (0.25 and later): who is told, how often, and who says nothing meanwhile. */
export function alertmanagerConfig(kind: ReceiverKind, watched: Watched = CATALOGUE): string {
  const config = {
    route: {
      receiver: TICKETS,
      group_by: ['alertname', 'job'],
      ...PATIENCE.warning,
      routes: [{ matchers: ['severity="critical"'], receiver: PAGER, ...PATIENCE.critical }],
    },
    inhibit_rules: inhibitRules(watched),
    receivers: [
      { name: PAGER, ...receiver(kind, PAGER) },
      { name: TICKETS, ...receiver(kind, TICKETS) },
    ],
  }
  return GENERATED + NOTES[kind] + stringify(config, { lineWidth: 0 })
}

function inhibitRules({ alerts }: Watched): InhibitRule[] {
  const ownTicket: InhibitRule = {
    source_matchers: ['severity="critical"'],
    target_matchers: ['severity="warning"'],
    equal: ['alertname', 'job'],
  }
  const declared = alerts.flatMap(({ name, silences }): InhibitRule[] => {
    if (silences === undefined) return []
    return [
      silences === 'all'
        ? {
            // Of one server among many the others still tell the truth.
            source_matchers: [`alertname="${name}"`, 'scope="job"'],
            target_matchers: ['alertname=~"Ws.+"', `alertname!="${name}"`],
            equal: ['job'],
          }
        : {
            source_matchers: [`alertname="${name}"`],
            target_matchers: [`alertname=~"${silences.join('|')}"`],
            equal: ['job'],
          },
    ]
  })
  return [ownTicket, ...declared]
}

/** What a person reads first: how many, what, whose users feel it, what to do. */
const TITLE = '{{ .Status | toUpper }} {{ .CommonLabels.alertname }} ({{ .CommonLabels.job }})'
const TEXT =
  '{{ range .Alerts }}{{ .Annotations.description }}\n{{ .Annotations.runbook_url }}\n{{ .Annotations.dashboard_url }}\n{{ end }}'

function receiver(kind: ReceiverKind, name: typeof PAGER | typeof TICKETS): object {
  switch (kind) {
    case 'webhook':
      return { webhook_configs: [{ url: `http://127.0.0.1:9095/${name}`, send_resolved: true }] }
    case 'slack':
      return {
        slack_configs: [
          {
            api_url_file: '/etc/alertmanager/secrets/slack-url',
            channel: name === PAGER ? '#stream-pages' : '#stream-tickets',
            title: TITLE,
            text: TEXT,
            send_resolved: true,
          },
        ],
      }
    case 'pagerduty':
      return {
        pagerduty_configs: [
          {
            routing_key_file: `/etc/alertmanager/secrets/pagerduty-${name}`,
            severity: '{{ .CommonLabels.severity }}',
            description: TITLE,
            details: { runbook: '{{ .CommonAnnotations.runbook_url }}' },
            send_resolved: true,
          },
        ],
      }
  }
}

const NOTES: Readonly<Record<ReceiverKind, string>> = {
  webhook: '# Pages and tickets go to a webhook on this machine: put your own URL here.\n',
  slack: '# The webhook URL of Slack is read from a file that only Alertmanager may read.\n',
  pagerduty:
    '# The routing keys of two PagerDuty services (pages wake, tickets do not) are read from files that only Alertmanager may read.\n',
}
