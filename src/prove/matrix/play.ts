import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Drill, SCENARIOS, type Scenario } from '#catalog'
import { allSettled, type Clock, PetrelError, type Report, type Scope, withScope } from '#core'
import {
  type Deployment,
  deploy,
  type LoadResult,
  type PrometheusClient,
  type ProofTools,
  startDisturbance,
  startLoad,
  startOwnRedis,
  startWatch,
  startWebhookReceiver,
  type WebhookReceiver,
} from '#run'
import { PROOF_INTERVALS } from '../expectations.ts'
import { lastNotifications, leadMs } from '../timeline.ts'
import { expectedOf } from './expected.ts'
import { measure, type PlayedDrill } from './measure.ts'
import { phasesOf } from './phases.ts'

export interface PlayOptions {
  tools: ProofTools
  /** Rule file with the drill windows. */
  ruleFile: string
  /** For logs and data of this batch; removed by whoever made it. */
  folder: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  report: Report
  /** k6 writes its metrics to Prometheus too: the boards lay them over the server's. */
  writesLoad?: boolean
  /** Called when all is measured, while Prometheus still runs. */
  onMeasured?: (prometheus: PrometheusClient, played: readonly PlayedDrill[]) => Promise<void>
  signal: AbortSignal
}

const PROGRESS_EVERY_MS = 10_000

/** One drill on its way. */
interface Stage {
  drill: Drill
  scenario: Scenario
  folder: string
  deployment: Deployment
  redis: Awaited<ReturnType<typeof startOwnRedis>> | undefined
}

/**
 * Plays drills side by side on one timeline, each under a job and with servers of its own, under one Prometheus and
 * one Alertmanager that know nothing of any drill before.
 * @throws PetrelError `watch_died` when Prometheus or Alertmanager ends midway.
 */
export function playBatch(drills: readonly Drill[], options: PlayOptions): Promise<PlayedDrill[]> {
  const { tools, clock, report, signal } = options
  return withScope(async scope => {
    report(`starting servers, Prometheus and Alertmanager for ${drills.map(({ name }) => name).join(', ')}`)
    const stages = await allSettled(drills.map(drill => build(drill, options, scope)))
    const receiver = scope.use(await startWebhookReceiver(clock))
    const watch = await startWatch(
      {
        prometheus: tools.prometheus,
        alertmanager: tools.alertmanager,
        folder: options.folder,
        jobs: stages.map(({ drill, deployment }) => {
          const [target = '', ...others] = deployment.addresses
          return { job: drill.name, target, others }
        }),
        ruleFiles: [options.ruleFile],
        webhookUrl: receiver.url,
        interval: `${PROOF_INTERVALS.scrape}s`,
        takesRemoteWrite: options.writesLoad === true,
        signal,
      },
      scope,
    )
    const startAt = clock.wall() + leadMs(drills.length)
    const begun = await allSettled(
      stages.map(stage => begin(stage, startAt, watch.urls.remoteWrite, options, scope)),
    )
    follow(drills, startAt, receiver, options, scope)
    const loads = await Promise.race([Promise.all(begun.map(({ load }) => load.result)), watch.died])
    signal.throwIfAborted()
    const awaited = drills.flatMap(drill =>
      expectedOf(drill).flatMap(({ alert, severity, expected }) =>
        expected === 'fire' ? [{ job: drill.name, alert, severity }] : [],
      ),
    )
    await Promise.race([lastNotifications(awaited, receiver, clock, signal), watch.died])
    const played = await Promise.race([
      Promise.all(
        stages.map(async (stage, index) => {
          const { disturbance } = begun[index] ?? {}
          return measure(stage, {
            load: loads[index] as LoadResult,
            disturbance,
            receiver,
            prometheus: watch.prometheus,
          })
        }),
      ),
      watch.died,
    ])
    await options.onMeasured?.(watch.prometheus, played)
    return played
  })
}

async function build(drill: Drill, options: PlayOptions, scope: Scope): Promise<Stage> {
  const { tools, signal } = options
  const { servers: { count = 1, redis: needsRedis = false, flags = [], faults = [] } = {} } = drill
  const scenario = SCENARIOS.find(({ name }) => name === drill.scenario)
  if (!scenario) throw new TypeError(`the catalogue has no scenario ${drill.scenario}`)
  const folder = join(options.folder, drill.name)
  await mkdir(folder, { recursive: true })
  const redis = needsRedis ? await startOwnRedis(tools['redis-server'], folder, signal, scope) : undefined
  const withStore = redis ? ['--redis', redis.url] : []
  const deployment = await deploy(
    { name: drill.name, count, folder, faults, flags: [...flags, ...withStore], signal },
    scope,
  )
  return { drill, scenario, folder, deployment, redis }
}

async function begin(
  { drill, scenario, folder, deployment, redis }: Stage,
  startAt: number,
  remoteWrite: string,
  options: PlayOptions,
  scope: Scope,
) {
  const { tools, env, clock, signal } = options
  const phases = phasesOf(drill)
  const from = startAt + phases.warmup
  const fault = { from, to: from + phases.fault }
  const disturbance =
    drill.disturbance &&
    scope.use(await startDisturbance(drill.disturbance, { deployment, redis, fault, clock, signal }))
  const load = scope.use(
    await startLoad({
      scenario,
      settings: { ...drill.crowd, phases },
      targets: disturbance?.targets ?? deployment.urls,
      startAt,
      k6: tools.k6,
      folder,
      env,
      clock,
      causedElsewhere: disturbance !== undefined,
      ...(options.writesLoad ? { remoteWrite: { url: remoteWrite, job: drill.name } } : {}),
      signal,
    }),
  )
  return { disturbance, load }
}

/** A line every few seconds and one for each notification. */
function follow(
  drills: readonly Drill[],
  startAt: number,
  receiver: WebhookReceiver,
  { clock, report }: PlayOptions,
  scope: Scope,
): void {
  const { warmup, fault, recovery } = phasesOf({})
  const where = (elapsed: number): string => {
    if (elapsed < 0) return 'k6 is starting'
    if (elapsed < warmup) return 'warm-up'
    return elapsed < warmup + fault ? 'fault' : 'recovery'
  }
  const total = (warmup + fault + recovery) / 1_000
  const ticker = setInterval(() => {
    const elapsed = clock.wall() - startAt
    report(`${where(elapsed)}: ${Math.max(0, Math.round(elapsed / 1_000))} s of ${total} s`)
  }, PROGRESS_EVERY_MS)
  scope.defer(() => clearInterval(ticker))
  receiver.onNotification(({ job, alert, severity, status, receivedAt, startsAt }) => {
    if (startsAt > startAt + total * 1_000) return
    const expected = drills.find(({ name }) => name === job)
    const cell =
      expected && expectedOf(expected).find(one => one.alert === alert && one.severity === severity)
    const wonder = cell?.expected === 'silent' ? ', though it must stay silent' : ''
    const since = ((receivedAt - startAt - warmup) / 1_000).toFixed(1)
    report(`  ${job}: ${alert} (${severity}) ${status} at ${since} s${wonder}`)
  })
}

/** Whether a batch has to be played again since what watched it died. */
export const isWatchDeath = (error: unknown): error is PetrelError =>
  error instanceof PetrelError && (error.code === 'watch_died' || error.code === 'prometheus_failed')
