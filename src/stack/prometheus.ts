import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { PetrelError } from '#core'
import { onFreePort } from './free-port.ts'
import { type OwnedProcess, startProcess } from './owned-process.ts'
import { answers, until } from './wait.ts'

export interface ScrapeJob {
  job: string
  /** `host:port`; its `/metrics` is scraped. */
  target: string
  /** More servers of the job. */
  others?: readonly string[]
}

export interface PrometheusOptions {
  /** The binary. */
  path: string
  /** For configuration, data and log. */
  folder: string
  jobs: readonly ScrapeJob[]
  ruleFiles: readonly string[]
  /** URL of an Alertmanager, if there is one. */
  alertmanager?: string
  /** As Prometheus writes durations. */
  interval: string
  /** Whether others may write their metrics to it, at `/api/v1/write`. */
  takesRemoteWrite?: boolean
  /** More flags, as `--query.lookback-delta=3s`. */
  flags?: readonly string[]
  signal: AbortSignal
}

/** A tool with an HTTP side that ends with us. */
export interface Service extends AsyncDisposable {
  url: string
  process: OwnedProcess
}

const READY_MS = 30_000
/**
 * Prometheus forgets a notification that it could not deliver, and in its first five seconds it knows no
 * Alertmanager yet: it sends again after this time, by default a minute.
 */
const RESEND_AFTER = '5s'

/** Starts Prometheus (2.42 and later) on loopback and waits until it is ready. */
export async function startPrometheus(options: PrometheusOptions): Promise<Service> {
  const config = {
    global: {
      scrape_interval: options.interval,
      evaluation_interval: options.interval,
      scrape_timeout: options.interval,
    },
    rule_files: options.ruleFiles,
    alerting: options.alertmanager && {
      alertmanagers: [{ static_configs: [{ targets: [new URL(options.alertmanager).host] }] }],
    },
    scrape_configs: options.jobs.map(({ job, target, others = [] }) => ({
      job_name: job,
      static_configs: [{ targets: [target, ...others] }],
    })),
  }
  const configFile = join(options.folder, 'prometheus.yml')
  await writeFile(configFile, stringify(config))
  return onFreePort(port =>
    startService('Prometheus', port, '/-/ready', options.path, options.folder, options.signal, [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(options.folder, 'prometheus-data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--rules.alert.resend-delay=${RESEND_AFTER}`,
      '--log.level=warn',
      ...(options.takesRemoteWrite ? ['--web.enable-remote-write-receiver'] : []),
      ...(options.flags ?? []),
    ]),
  )
}

/**
 * Starts a program that was told its port, and waits until `readyPath` answers.
 * @throws PetrelError `port_busy`; `service_start_failed` with its last lines.
 */
export async function startService(
  name: string,
  port: number,
  readyPath: string,
  command: string,
  folder: string,
  signal: AbortSignal,
  args: readonly string[],
): Promise<Service> {
  const url = `http://127.0.0.1:${port}`
  const logFile = join(folder, `${name.toLowerCase()}.log`)
  const child = await startProcess({ name, command, args, logFile, signal, cwd: folder })
  let ended = false
  void child.exited.then(() => {
    ended = true
  })
  try {
    await until(async () => ended || (await answers(`${url}${readyPath}`, signal)), {
      what: `${name} to be ready`,
      timeoutMs: READY_MS,
      signal,
    })
    if (ended) {
      const hint = child.tail().slice(-3).join('\n') || 'it printed nothing'
      const [code, why] = /address already in use/.test(hint)
        ? (['port_busy', `${name} cannot have port ${port}`] as const)
        : (['service_start_failed', `${name} ended while it started`] as const)
      throw new PetrelError(code, why, { hint })
    }
  } catch (error) {
    await child.stop()
    throw error
  }
  return { url, process: child, [Symbol.asyncDispose]: () => child.stop() }
}
