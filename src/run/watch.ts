import { PetrelError, type Scope } from '#core'
import { type FoundTool, type ScrapeJob, type Service, startAlertmanager, startPrometheus } from '#stack'
import { type PrometheusClient, prometheusClient } from './prometheus-client.ts'

export interface WatchOptions {
  prometheus: FoundTool
  alertmanager: FoundTool
  /** For configuration, data and logs. */
  folder: string
  jobs: readonly ScrapeJob[]
  ruleFiles: readonly string[]
  webhookUrl: string
  /** Scrape and evaluation interval, as Prometheus writes durations. */
  interval: string
  /** Whether k6 may write its metrics to it. */
  takesRemoteWrite?: boolean
  signal: AbortSignal
}

/** A real Prometheus with its Alertmanager, watching for the length of a run. */
export interface Watch {
  prometheus: PrometheusClient
  /** `remoteWrite`: where others write their metrics, when it takes them. */
  urls: { prometheus: string; alertmanager: string; remoteWrite: string }
  /** Rejects with `watch_died` as soon as one of both ends before it is told to; else it never settles. */
  died: Promise<never>
}

/** Starts both; they end with the scope. */
export async function startWatch(options: WatchOptions, scope: Scope): Promise<Watch> {
  const { folder, signal, interval } = options
  const alertmanager = scope.use(
    await startAlertmanager({
      path: options.alertmanager.path,
      folder,
      webhookUrl: options.webhookUrl,
      signal,
    }),
  )
  const prometheus = scope.use(
    await startPrometheus({
      path: options.prometheus.path,
      folder,
      jobs: options.jobs,
      ruleFiles: options.ruleFiles,
      alertmanager: alertmanager.url,
      interval,
      ...(options.takesRemoteWrite ? { takesRemoteWrite: true } : {}),
      signal,
    }),
  )
  let over = false
  scope.defer(() => {
    over = true
  })
  const died = new Promise<never>((_, reject) => {
    const watch = ({ process }: Service) =>
      process.exited.then(() => {
        if (over || signal.aborted) return
        reject(
          new PetrelError('watch_died', `${process.name} (pid ${process.pid}) ended during the run`, {
            hint: process.tail().slice(-3).join('\n') || 'it printed nothing; start the command again',
          }),
        )
      })
    void watch(alertmanager)
    void watch(prometheus)
  })
  // Nobody may be waiting at the moment at which one dies.
  died.catch(() => {})
  return {
    prometheus: prometheusClient(prometheus.url, signal),
    urls: {
      prometheus: prometheus.url,
      alertmanager: alertmanager.url,
      remoteWrite: `${prometheus.url}/api/v1/write`,
    },
    died,
  }
}
