import { WINDOW_SETS } from '#catalog'
import { alertmanagerConfig, RECEIVERS } from './alertmanager/config.ts'
import { boards } from './boards/index.ts'
import { grafanaBoardProvider, grafanaDataSources } from './provisioning/grafana.ts'
import { boardConfigMap, prometheusRule } from './provisioning/kubernetes.ts'
import { prometheusConfig } from './provisioning/prometheus.ts'
import { ruleFile } from './rules/rule-file.ts'
import { CATALOGUE, type Watched } from './watched.ts'

/** A file that is written by `petrel generate`; its path is from the root of the project. */
export interface GeneratedFile {
  path: string
  content: string
}

/** Everything below `dashboards/out`: a folder that a plain Prometheus, Alertmanager and Grafana can mount. */
export function dashboardFiles(watched: Watched = CATALOGUE): GeneratedFile[] {
  const files: Readonly<Record<string, string>> = {
    ...Object.fromEntries(WINDOW_SETS.map(set => [`rules/petrel.${set}.yml`, ruleFile(set, watched)])),
    ...Object.fromEntries(
      RECEIVERS.map(kind => [`alertmanager/${kind}.yml`, alertmanagerConfig(kind, watched)]),
    ),
    ...Object.fromEntries(
      boards(watched).map(({ file, json }) => [`${file}.json`, `${JSON.stringify(json, null, 2)}\n`]),
    ),
    'prometheus.yml': prometheusConfig(),
    'grafana/datasources.yml': grafanaDataSources(),
    'grafana/dashboards.yml': grafanaBoardProvider(),
    'kubernetes/prometheus-rule.yml': prometheusRule(watched),
    'kubernetes/dashboards.yml': boardConfigMap(watched),
  }
  return Object.entries(files).map(([path, content]) => ({ path: `dashboards/out/${path}`, content }))
}
