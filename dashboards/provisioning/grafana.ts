import { stringify } from 'yaml'
import { GENERATED } from '../rules/rule-file.ts'

/** Uids that the data sources know each other by. */
const UID = { prometheus: 'prometheus', tempo: 'tempo', loki: 'loki' } as const

/**
 * Data sources with their links: from a figure's exemplar to its trace, from a trace to its log lines, from a log
 * line back to its trace. `$$` is how Grafana's provisioning writes a `$` that is not an environment variable.
 */
export function grafanaDataSources(): string {
  const file = {
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        uid: UID.prometheus,
        type: 'prometheus',
        access: 'proxy',
        url: 'http://prometheus:9090',
        isDefault: true,
        jsonData: {
          httpMethod: 'POST',
          // The scrape interval: Grafana's shortest rate window is four of it.
          timeInterval: '15s',
          exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: UID.tempo }],
        },
      },
      {
        name: 'Tempo',
        uid: UID.tempo,
        type: 'tempo',
        access: 'proxy',
        url: 'http://tempo:3200',
        jsonData: {
          tracesToLogsV2: {
            datasourceUid: UID.loki,
            spanStartTimeShift: '-5m',
            spanEndTimeShift: '5m',
            filterByTraceID: true,
            tags: [{ key: 'service.name', value: 'service_name' }],
          },
          tracesToMetrics: {
            datasourceUid: UID.prometheus,
            queries: [
              {
                name: 'Session success',
                // As long as the rules' shortest window: of `$__interval`, one scrape, a rate has nothing to go by.
                query: 'sum by (job, verdict) (rate(ws_sessions_total[5m]))',
              },
            ],
          },
        },
      },
      {
        name: 'Loki',
        uid: UID.loki,
        type: 'loki',
        access: 'proxy',
        url: 'http://loki:3100',
        jsonData: {
          derivedFields: [
            {
              name: 'trace',
              matcherRegex: '"trace_id":"(\\w+)"',
              url: '$${__value.raw}',
              datasourceUid: UID.tempo,
            },
          ],
        },
      },
    ],
  }
  return GENERATED + stringify(file, { lineWidth: 0 })
}

/** Where Grafana finds the boards: mount `dashboards/out` there. */
export function grafanaBoardProvider(): string {
  const file = {
    apiVersion: 1,
    providers: [
      {
        name: 'petrel',
        folder: 'Petrel',
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: '/var/lib/grafana/dashboards/petrel' },
      },
    ],
  }
  return GENERATED + stringify(file, { lineWidth: 0 })
}
