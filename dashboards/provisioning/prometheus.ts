import { stringify } from 'yaml'
import { GENERATED } from '../rules/rule-file.ts'

/** A plain Prometheus (2.42 and later) that watches one job of stream servers. Rules stand beside it in `rules/`. */
export function prometheusConfig(): string {
  const config = {
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: ['rules/petrel.production.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:9093'] }] }] },
    scrape_configs: [
      // The job is what alerts, objectives and silences go by: one for each service, not for each server.
      { job_name: 'progress', static_configs: [{ targets: ['127.0.0.1:8080'] }] },
    ],
  }
  return GENERATED + stringify(config, { lineWidth: 0 })
}
