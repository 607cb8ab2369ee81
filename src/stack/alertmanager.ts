import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { onFreePort } from './free-port.ts'
import { type Service, startService } from './prometheus.ts'

export interface AlertmanagerOptions {
  /** The binary. */
  path: string
  /** For configuration, data and log. */
  folder: string
  webhookUrl: string
  signal: AbortSignal
}

/**
 * Starts Alertmanager (0.25 and later) on loopback with one webhook, for whoever looks at alerts and not for whoever
 * is woken by them. It waits for nothing before it notifies: the default `group_wait` of 30 s hides alerts that
 * resolve within it. And nothing silences anything: an all-clear that comes while its alert is silenced is lost, and
 * a proof needs each. The routes of `dashboards/alertmanager` do both, as people want it.
 */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<Service> {
  const configFile = join(options.folder, 'alertmanager.yml')
  const config = {
    route: {
      receiver: 'webhook',
      group_by: ['alertname', 'job', 'severity'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '4h',
    },
    receivers: [
      { name: 'webhook', webhook_configs: [{ url: options.webhookUrl, send_resolved: true, max_alerts: 0 }] },
    ],
  }
  await writeFile(configFile, stringify(config))
  return onFreePort(port =>
    startService('Alertmanager', port, '/-/ready', options.path, options.folder, options.signal, [
      `--config.file=${configFile}`,
      `--storage.path=${join(options.folder, 'alertmanager-data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ]),
  )
}
