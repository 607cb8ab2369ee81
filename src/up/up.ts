import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WindowSet } from '#catalog'
import { aborted, type Clock, errorText, PetrelError, type Report, type Scope, withScope } from '#core'
import { ruleFile } from '#dashboards'
import {
  type PrometheusClient,
  type RunTools,
  startReferenceServer,
  startWatch,
  startWebhookReceiver,
} from '#run'
import { type FoundTool, type OwnedProcess, startRedis } from '#stack'
import { FiredAlerts } from './alerts.ts'
import { JOB, readFigures } from './figures.ts'
import { servePage } from './page/server.ts'
import type { UpState } from './page/state.ts'
import { Storms } from './storms.ts'
import { startTraffic } from './traffic.ts'

/** Where everything answers. */
export interface UpUrls {
  page: string
  server: string
  metrics: string
  prometheus: string
  alertmanager: string
  /** Absent where tasks live in the server's memory. */
  redis?: string
}

export interface UpOptions {
  tools: RunTools
  /** Without it the store is the server's memory. */
  redis: FoundTool | undefined
  windows: WindowSet
  /** Of the page; 0 takes a free one. */
  port: number
  /** For data and logs; removed by whoever made it. */
  folder: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  report: Report
  signal: AbortSignal
  /** Called as soon as a part answers. */
  onReady: (part: keyof UpUrls, url: string) => void
  /** Called once when all run, with what starts a storm. */
  onUp: (urls: UpUrls, startStorm: (name: string) => Promise<unknown>) => void
}

/** Scrape and evaluation: the page is to be live. */
const INTERVAL = '1s'
/** What charts show. */
const SPAN_MS = 3 * 60_000
/** How old figures may be that are shown. */
const FRESH_MS = 900

/**
 * Keeps a whole stack running until the signal ends it: server, store, Prometheus, Alertmanager, the webhook that
 * takes its notifications, gentle traffic, storms on demand, and a page that shows all of it.
 * @throws PetrelError `part_died`, `watch_died` when something ends by itself.
 */
export function runUp(options: UpOptions): Promise<void> {
  const { clock, report, signal, windows } = options
  return withScope(async scope => {
    const parts: { name: keyof UpUrls; url: string | null }[] = []
    const urls: Partial<UpUrls> = {}
    const ready = (name: keyof UpUrls, url: string) => {
      urls[name] = url
      const part = parts.find(one => one.name === name)
      if (part) part.url = url
      options.onReady(name, url)
    }
    const names = [
      'page',
      ...(options.redis ? ['redis'] : []),
      'server',
      'metrics',
      'prometheus',
      'alertmanager',
    ]
    for (const name of names) parts.push({ name: name as keyof UpUrls, url: null })

    const alerts = new FiredAlerts()
    const began = clock.wall()
    let prometheus: PrometheusClient | undefined
    let storms: Storms | undefined
    let errorLines: () => readonly string[] = () => []
    const figures = fresh(clock, async () => {
      const now = clock.wall()
      const span = { from: Math.max(began, now - SPAN_MS), to: now }
      if (!prometheus) return { span, figures: null, problem: '' }
      try {
        return { span, figures: await readFigures(prometheus, windows, span), problem: '' }
      } catch (error) {
        return { span, figures: null, problem: errorText(error) }
      }
    })
    const state = async (): Promise<UpState> => ({
      ...(await figures()),
      now: clock.wall(),
      windows,
      parts,
      alerts: alerts.list(),
      storm: storms?.last ? { ...storms.last, isBlowing: storms.isBlowing } : null,
      errorLines: errorLines(),
    })
    const startStorm = async (name: string) => {
      if (!storms)
        throw new PetrelError('bad_option', 'not everything runs yet', { hint: 'try again in a moment' })
      const storm = await storms.start(name)
      page.changed()
      return storm
    }
    const page = scope.use(
      await servePage({ port: options.port, state, startStorm, endStorm: async () => storms?.end() }),
    )
    ready('page', page.url)

    const died = Promise.withResolvers<never>()
    died.promise.catch(() => {})
    const guard = guardIn(scope, { clock, signal }, died.reject)
    const flags: string[] = []
    if (options.redis) {
      const redis = scope.use(await startRedis({ path: options.redis.path, folder: options.folder, signal }))
      guard(redis.process)
      flags.push('--redis', redis.url)
      ready('redis', redis.url)
    }
    const server = scope.use(
      await startReferenceServer({
        name: 'the server',
        flags,
        logFile: join(options.folder, 'server.log'),
        signal,
      }),
    )
    guard(server.process)
    errorLines = () => server.log.errorLines()
    ready('server', server.url)
    ready('metrics', `${server.url}/metrics`)

    const receiver = scope.use(await startWebhookReceiver(clock))
    receiver.onNotification(notification => {
      alerts.add(notification)
      const { alert, severity, status } = notification
      report(`${alert} (${severity}) ${status}`)
      page.changed()
    })
    const rules = join(options.folder, `petrel.${windows}.yml`)
    await writeFile(rules, ruleFile(windows))
    const watch = await startWatch(
      {
        prometheus: options.tools.prometheus,
        alertmanager: options.tools.alertmanager,
        folder: options.folder,
        jobs: [{ job: JOB, target: server.address }],
        ruleFiles: [rules],
        webhookUrl: receiver.url,
        interval: INTERVAL,
        signal,
      },
      scope,
    )
    prometheus = watch.prometheus
    ready('prometheus', watch.urls.prometheus)
    ready('alertmanager', watch.urls.alertmanager)

    const load = {
      target: server.url,
      k6: options.tools.k6,
      env: options.env,
      clock,
      report,
      signal,
      async folderFor(name: string) {
        const folder = join(options.folder, `${name}-${clock.wall()}`)
        await mkdir(folder)
        return folder
      },
    }
    scope.use(await startTraffic({ ...load, onRound: guard, onLost: died.reject }))
    storms = scope.use(new Storms(load))
    options.onUp(urls as UpUrls, startStorm)
    await Promise.race([aborted(signal), died.promise, watch.died])
  })
}

/** Calls `reject` when a process ends that nobody told to, before the time at which it may. */
function guardIn(
  scope: Scope,
  { clock, signal }: Pick<UpOptions, 'clock' | 'signal'>,
  reject: (error: PetrelError) => void,
) {
  let isOver = false
  scope.defer(() => {
    isOver = true
  })
  return ({ name, pid, exited, tail }: OwnedProcess, mayEndAt = Number.POSITIVE_INFINITY): void => {
    void exited.then(({ code, signal: by }) => {
      if (isOver || signal.aborted || clock.wall() >= mayEndAt) return
      const how = by ?? `code ${code}`
      reject(
        new PetrelError('part_died', `${name} (pid ${pid}) ended by itself (${how})`, {
          hint: tail().slice(-3).join('\n') || 'it printed nothing; start the command again',
        }),
      )
    })
  }
}

/** Reads at most once in a while, however many ask. */
function fresh<T>(clock: Pick<Clock, 'now'>, read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | undefined
  return () => {
    if (!last || clock.now() - last.at > FRESH_MS) last = { at: clock.now(), value: read() }
    return last.value
  }
}
