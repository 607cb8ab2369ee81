import { stringify } from 'yaml'
import { boards } from '../boards/index.ts'
import { GENERATED, ruleGroups } from '../rules/rule-file.ts'
import { CATALOGUE, type Watched } from '../watched.ts'

const labels = { 'app.kubernetes.io/name': 'petrel', 'app.kubernetes.io/component': 'monitoring' }

/** The rules as the Prometheus Operator reads them (monitoring.coreos.com/v1). */
export function prometheusRule(watched: Watched = CATALOGUE): string {
  const resource = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'petrel', labels },
    spec: { groups: ruleGroups('production', watched) },
  }
  return GENERATED + stringify(resource, { lineWidth: 0 })
}

/** The boards as a config map with the label that Grafana's sidecar looks for. A config map holds at most 1 MiB. */
export function boardConfigMap(watched: Watched = CATALOGUE): string {
  const resource = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'petrel-dashboards', labels: { ...labels, grafana_dashboard: '1' } },
    data: Object.fromEntries(
      boards(watched).map(({ file, json }) => [`petrel-${file}.json`, JSON.stringify(json)]),
    ),
  }
  return GENERATED + stringify(resource, { lineWidth: 0 })
}
