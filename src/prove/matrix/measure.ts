import { type Drill, metricsOf } from '#catalog'
import type {
  Deployment,
  LoadResult,
  OwnRedis,
  PrometheusClient,
  RunningDisturbance,
  WebhookReceiver,
} from '#run'
import { PROOF_INTERVALS } from '../expectations.ts'
import type { FaultSpan } from '../judge.ts'
import { lagProblems, notificationLagProblems, unreadProblems } from '../lag.ts'
import { expectedOf } from './expected.ts'
import { judgeCell, spanOf } from './judge-cell.ts'
import { predictFor } from './predict.ts'
import type { ProofRun } from './result.ts'

/** One drill that was played, without how often and in which repetition. */
export type PlayedDrill = Omit<ProofRun, 'run' | 'plays'>

/** Reads what a drill showed while its Prometheus still runs, and judges every alert in it. */
export async function measure(
  {
    drill,
    deployment,
    redis,
  }: { drill: Drill; deployment: Pick<Deployment, 'deaths'>; redis: Pick<OwnRedis, 'deaths'> | undefined },
  measured: {
    load: LoadResult
    disturbance: RunningDisturbance | undefined
    receiver: WebhookReceiver
    prometheus: PrometheusClient
  },
): Promise<PlayedDrill> {
  const { load, disturbance, receiver, prometheus } = measured
  const { name: job } = drill
  const { warmup, fault: phase, recovery } = load.phases
  const done = await disturbance?.finish()
  // The truth is what was done, or the first and the last attempt of the fault; not the plan.
  const fault: FaultSpan = done?.span ?? {
    from: phase.firstAttemptAt ?? phase.from,
    to: phase.lastAttemptAt ?? phase.to,
  }
  const span = { from: warmup.from, to: recovery.to }
  // What begins when the crowd has gone is no part of the drill: its traffic is gone.
  const own = receiver.notifications().filter(one => one.job === job && one.startsAt <= recovery.to)
  const [lags, late, missing] = await Promise.all([
    lagProblems(prometheus, job, span, PROOF_INTERVALS.scrape, { mayBeDown: takesServersAway(drill) }),
    notificationLagProblems(prometheus, job, span, own),
    missingMetrics(prometheus, job, span.to),
  ])
  const disturbed = done?.problems ?? []
  const deaths = [...deployment.deaths(), ...(redis?.deaths() ?? [])]
  const unread = unreadProblems(receiver)
  const problems = [...deaths, ...load.problems, ...disturbed, ...lags, ...late, ...unread]
  const times = { warmupFrom: warmup.from, recoveryTo: recovery.to }
  const cells = await Promise.all(
    expectedOf(drill).map(async cell => {
      const predicted =
        cell.expected === 'fire'
          ? await predictFor(cell.rules, prometheus, job, { ...times, fault: spanOf(cell, fault) })
          : { detect: null, resolve: null }
      return judgeCell(cell, fault, predicted, own, problems)
    }),
  )
  return {
    drill: drill.name,
    scenario: drill.scenario,
    when: drill.when ?? '',
    job,
    ...times,
    fault: { from: Math.round(fault.from), to: Math.round(fault.to) },
    problems,
    // What a crowd suffers from what is done to its servers is no failure of theirs.
    violations: [...missing, ...(drill.when === undefined ? load.violations : [])],
    cells,
  }
}

function takesServersAway({ disturbance }: Drill): boolean {
  return (
    disturbance?.kind === 'kill-server' ||
    disturbance?.kind === 'replace-servers' ||
    disturbance?.kind === 'drain-with-silent-peers'
  )
}

/** Metrics that alerts read and the server has not, one sentence each: renamed there, most likely. */
async function missingMetrics(prometheus: PrometheusClient, job: string, at: number): Promise<string[]> {
  const readers = new Map<string, string[]>()
  for (const { rules } of expectedOf({ fires: [] })) {
    for (const { source } of rules) {
      for (const metric of metricsOf(source)) {
        readers.set(metric, [...new Set([...(readers.get(metric) ?? []), source.name])])
      }
    }
  }
  const found = await prometheus.query(`count by (__name__) ({job=${JSON.stringify(job)}})`, at)
  const names = new Set(found.map(({ labels }) => labels.__name__ ?? ''))
  return [...readers].flatMap(([metric, alerts]) =>
    names.has(metric) || names.has(`${metric}_count`)
      ? []
      : [`the server has no metric ${metric}, which ${alerts.join(' and ')} read`],
  )
}
