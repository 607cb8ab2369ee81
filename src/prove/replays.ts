import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Phase, Scenario } from '#catalog'
import { allSettled, type Clock, formatDuration, type Report, type Scope, withScope } from '#core'
import {
  type LoadResult,
  type LoadSettings,
  type PrometheusClient,
  phaseLengths,
  type ReferenceServer,
  type RunTools,
  type ServerLog,
  startLoad,
  startReferenceServer,
  startWatch,
  startWebhookReceiver,
  type Watch,
  type WebhookReceiver,
} from '#run'
import { readCharts } from './charts.ts'
import { PROOF_INTERVALS } from './expectations.ts'
import { readServerCounts, type ServerCounts } from './figures.ts'
import { type Expectation, judgeAlert } from './judge.ts'
import { lagProblems, notificationLagProblems, unreadProblems } from './lag.ts'
import type { AlertObservation, Chart } from './result.ts'
import { lastNotifications, leadMs } from './timeline.ts'

/** One crowd against one server of its own, watched under one Prometheus job. */
export interface ReplaySpec {
  job: string
  scenario: Scenario
  settings: LoadSettings
  /** Fault switches of the server. */
  faults: readonly string[]
  expectations: readonly Expectation[]
  /** Its k6 writes to Prometheus too, under the same job. */
  writesLoad?: boolean
}

export interface ReplayOutcome {
  spec: ReplaySpec
  phases: Record<Exclude<Phase, 'steady'>, { from: number; to: number }>
  load: LoadResult
  log: ServerLog
  counts: ServerCounts
  alerts: AlertObservation[]
  charts: Chart[]
  /** Why the replay is not proven. */
  problems: string[]
}

export interface ReplayOptions {
  tools: RunTools
  /** Rule file with the drill windows. */
  ruleFile: string
  /** For logs and data; removed by whoever made it. */
  folder: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  report: Report
  signal: AbortSignal
  /** Reads more of the run, while its Prometheus still lives. */
  alsoRead?: (prometheus: PrometheusClient, outcomes: readonly ReplayOutcome[]) => Promise<void>
}

const PROGRESS_EVERY_MS = 5_000

/** Plays all specs side by side on one timeline, under one Prometheus and one Alertmanager. All must be equally long. */
export function runReplays(specs: readonly ReplaySpec[], options: ReplayOptions): Promise<ReplayOutcome[]> {
  const { report, clock, signal } = options
  return withScope(async scope => {
    report(`starting ${specs.length} servers, Prometheus and Alertmanager`)
    const servers = await allSettled(specs.map(spec => startServer(spec, options, scope)))
    const receiver = scope.use(await startWebhookReceiver(clock))
    const watch = await startWatch(
      {
        prometheus: options.tools.prometheus,
        alertmanager: options.tools.alertmanager,
        folder: options.folder,
        jobs: specs.map(({ job }, index) => ({ job, target: servers[index]?.address ?? '' })),
        ruleFiles: [options.ruleFile],
        webhookUrl: receiver.url,
        interval: `${PROOF_INTERVALS.scrape}s`,
        takesRemoteWrite: specs.some(({ writesLoad }) => writesLoad),
        signal,
      },
      scope,
    )
    const startAt = clock.wall() + leadMs(specs.length)
    report(`starting ${specs.length} crowds in k6`)
    const loads = await allSettled(
      specs.map(async ({ job, scenario, settings, writesLoad }, index) =>
        scope.use(
          await startLoad({
            scenario,
            settings,
            targets: [servers[index]?.url ?? ''],
            startAt,
            k6: options.tools.k6,
            folder: await folderOf(options.folder, job),
            env: options.env,
            clock,
            ...(writesLoad ? { remoteWrite: { url: watch.urls.remoteWrite, job } } : {}),
            signal,
          }),
        ),
      ),
    )
    followProgress(specs, startAt, receiver, options, scope)
    const dead = deathsOf(servers)
    const results = await Promise.race([Promise.all(loads.map(({ result }) => result)), watch.died])
    signal.throwIfAborted()
    const awaited = specs.flatMap(({ job, expectations }) =>
      expectations.filter(({ expected }) => expected === 'fire').map(entry => ({ job, ...entry })),
    )
    await Promise.race([lastNotifications(awaited, receiver, clock, signal), watch.died])
    report('reading the measurements')
    const outcomes = await Promise.all(
      specs.map((spec, index) =>
        outcomeOf(spec, {
          load: results[index] as LoadResult,
          server: servers[index] as ReferenceServer,
          dead: dead(index),
          receiver,
          watch,
        }),
      ),
    )
    await options.alsoRead?.(watch.prometheus, outcomes)
    return outcomes
  })
}

async function startServer(spec: ReplaySpec, options: ReplayOptions, scope: Scope): Promise<ReferenceServer> {
  const folder = await folderOf(options.folder, spec.job)
  return scope.use(
    await startReferenceServer({
      name: `server ${spec.job}`,
      faults: spec.faults,
      logFile: join(folder, 'server.log'),
      signal: options.signal,
    }),
  )
}

async function folderOf(root: string, job: string): Promise<string> {
  const folder = join(root, job)
  await mkdir(folder, { recursive: true })
  return folder
}

/** Says which servers ended by themselves before the measurements were read. */
function deathsOf(servers: readonly ReferenceServer[]): (index: number) => string | undefined {
  const ended = new Map<number, string>()
  for (const [index, { process }] of servers.entries()) {
    void process.exited.then(({ code, signal }) => {
      ended.set(index, `${process.name} ended during the run (${signal ?? `code ${code}`})`)
    })
  }
  return index => ended.get(index)
}

/** A line every few seconds and one for each notification. */
function followProgress(
  specs: readonly ReplaySpec[],
  startAt: number,
  receiver: WebhookReceiver,
  { clock, report }: ReplayOptions,
  scope: Scope,
): void {
  const first = specs[0]
  if (!first) return
  const lengths = phaseLengths(first.scenario, first.settings)
  const where = (now: number): string => {
    let elapsed = now - startAt
    if (elapsed < 0) return `k6 is starting, ${Math.ceil(-elapsed / 1_000)} s to the warm-up`
    for (const phase of ['warmup', 'fault', 'recovery'] as const) {
      if (elapsed < lengths[phase]) {
        return `${phase}: ${Math.round(elapsed / 1_000)} s of ${formatDuration(lengths[phase])}`
      }
      elapsed -= lengths[phase]
    }
    return 'waiting for k6 and the last notifications'
  }
  const ticker = setInterval(() => report(where(clock.wall())), PROGRESS_EVERY_MS)
  scope.defer(() => clearInterval(ticker))
  receiver.onNotification(({ job, alert, severity, status, receivedAt }) => {
    const faultAt = startAt + lengths.warmup
    const since =
      status === 'firing'
        ? `${seconds(receivedAt - faultAt)} after the fault began`
        : `${seconds(receivedAt - faultAt - lengths.fault)} after it ended`
    report(`  ${job}: ${alert} (${severity}) ${status}, ${since}`)
  })
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`

async function outcomeOf(
  spec: ReplaySpec,
  measured: {
    load: LoadResult
    server: ReferenceServer
    dead: string | undefined
    receiver: WebhookReceiver
    watch: Watch
  },
): Promise<ReplayOutcome> {
  const { load, server, receiver } = measured
  const { prometheus } = measured.watch
  const { warmup, fault, recovery } = load.phases
  const span = { from: warmup.from, to: recovery.to }
  const own = receiver.notifications().filter(({ job }) => job === spec.job)
  const [counts, charts, lags, lateNotifications] = await Promise.all([
    readServerCounts(prometheus, spec.job, fault),
    readCharts(prometheus, spec.job, span),
    lagProblems(prometheus, spec.job, span, PROOF_INTERVALS.scrape),
    notificationLagProblems(prometheus, spec.job, span, own),
  ])
  const died = measured.dead === undefined ? [] : [measured.dead]
  const problems = [...died, ...load.problems, ...lags, ...lateNotifications, ...unreadProblems(receiver)]
  // The truth is the first and the last attempt of the fault, not the plan.
  const truth = { from: fault.firstAttemptAt ?? fault.from, to: fault.lastAttemptAt ?? fault.to }
  return {
    spec,
    phases: { warmup: spanOf(warmup), fault: spanOf(fault), recovery: spanOf(recovery) },
    load,
    log: server.log,
    counts,
    alerts: spec.expectations.map(expectation => judgeAlert(expectation, truth, own, problems)),
    charts,
    problems,
  }
}

const spanOf = ({ from, to }: { from: number; to: number }) => ({ from, to })
