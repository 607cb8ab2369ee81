import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { alertRules, ruleFile } from '#dashboards'
import { unmetClaims } from './claims.ts'
import { conclusionsOf } from './conclusions.ts'
import { environmentOf } from './environment.ts'
import { expectations } from './expectations.ts'
import { figuresOf } from './figures.ts'
import { flowsOf } from './flows.ts'
import { DEMO_CROWD, DEMO_PHASES, type PlannedReplay, planDemo, REGIMES, type RegimeName } from './plan.ts'
import { type ReplayOptions, type ReplayOutcome, type ReplaySpec, runReplays } from './replays.ts'
import type { DemoResult, Regime, Replay } from './result.ts'
import { beforeAfter } from './table.ts'
import { verdictOf } from './verdict.ts'

const TITLES: Readonly<Record<RegimeName, string>> = {
  refused: 'Refused: the client dials the wrong path',
  flapping: 'Flapping: the client is accepted and gone within 20 ms',
}

/**
 * Replays the founding incident: four pairs of client and server in both regimes, side by side.
 * @throws PetrelError when something that it needs does not start, or Prometheus dies midway.
 */
export async function runDemo(options: Omit<ReplayOptions, 'ruleFile'>): Promise<DemoResult> {
  const startedAt = new Date(options.clock.wall()).toISOString()
  const drill = join(options.folder, 'petrel.drill.yml')
  await writeFile(drill, ruleFile('drill'))
  const plan = planDemo()
  const outcomes = await runReplays(plan.map(specOf), { ...options, ruleFile: drill })
  return assemble(plan, outcomes, {
    startedAt,
    finishedAt: new Date(options.clock.wall()).toISOString(),
    environment: environmentOf(options.tools),
  })
}

function specOf(planned: PlannedReplay): ReplaySpec {
  const { regime, client, job, scenario, faults, fires, mayFire } = planned
  const flows = flowsOf({
    clients: DEMO_CROWD.clients,
    bad: DEMO_CROWD.clients,
    misbehaviour: client === 'old' ? regime : 'none',
    taskMs: DEMO_CROWD.taskMs,
    sendsAgain: fires.includes('WsSendAfterClose'),
  })
  const phases = { warmupMs: DEMO_PHASES.warmup, faultMs: DEMO_PHASES.fault }
  return {
    job,
    scenario,
    settings: DEMO_CROWD,
    faults,
    expectations: expectations(alertRules('drill'), { fires, mayFire }, flows, phases),
  }
}

/** Joins what was planned and what was measured into the versioned result. Pure. */
export function assemble(
  plan: readonly PlannedReplay[],
  outcomes: readonly ReplayOutcome[],
  about: Pick<DemoResult, 'startedAt' | 'finishedAt' | 'environment'>,
): DemoResult {
  const failures: string[] = []
  const unproven: string[] = []
  const regimes = REGIMES.map((regime): Regime => {
    const replays = plan.flatMap((planned, index): Replay[] => {
      const outcome = outcomes[index]
      return planned.regime === regime && outcome ? [replayOf(planned, outcome)] : []
    })
    for (const replay of replays) {
      unproven.push(...replay.problems.map(problem => `${replay.job}: not proven: ${problem}`))
      // Only a clean run may fail.
      if (replay.problems.length > 0) continue
      failures.push(...unmetClaims(regime, replay))
      for (const { alert, severity, verdict, note } of replay.alerts) {
        if (verdict === 'did_not_hold') failures.push(`${replay.job}: ${alert} (${severity}): ${note}`)
      }
    }
    const of = (client: string, server: string) =>
      replays.find(replay => replay.client === client && replay.server === server)?.figures
    const before = of('old', 'old')
    const after = of('new', 'new')
    return {
      name: regime,
      title: TITLES[regime],
      table: before && after ? beforeAfter(before, after) : [],
      replays,
      conclusions: conclusionsOf(replays),
    }
  })
  for (const { spec, load, problems } of outcomes) {
    if (problems.length > 0) continue
    failures.push(...load.violations.map(violation => `${spec.job}: ${violation}`))
  }
  return { schema: 'petrel.demo/1', ...about, ...verdictOf(failures, unproven), regimes }
}

function replayOf({ job, client, server }: PlannedReplay, outcome: ReplayOutcome): Replay {
  return {
    job,
    client,
    server,
    phases: outcome.phases,
    figures: figuresOf(outcome.load, outcome.log, outcome.counts, DEMO_CROWD.clients),
    alerts: outcome.alerts,
    charts: outcome.charts,
    logLines: [...outcome.log.errorLines()],
    problems: outcome.problems,
  }
}
