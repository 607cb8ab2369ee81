import { PHASES, type Scenario } from '#catalog'
import { type Clock, type Report, type Scope, withScope } from '#core'
import {
  checkTarget,
  hasTasks,
  K6_LEAD_MS,
  type LoadResult,
  type LoadSettings,
  phaseLengths,
  startLoad,
  whyGone,
} from '#run'
import type { FoundTool } from '#stack'
import { chartsOf } from './charts.ts'
import { joinedChecks, leftOutJoined, unprovenJoined } from './joined.ts'
import { startOwnServers } from './own-servers.ts'
import type { Check, ScenarioRun } from './result.ts'
import { missingMetrics, scrape } from './server/scrape.ts'
import { type ServerWindow, watchServer } from './server/watch-server.ts'
import { type EffectiveThreshold, judgeThreshold } from './thresholds/judge.ts'
import { afterProblems, runVerdict } from './verdict.ts'

/** The server that is judged. */
export interface GateTarget {
  /** `http://host:port` */
  url: string
  /** Its metrics page, when it shows one. */
  metrics?: string
  /** Path template of its stream, where it is not ours; then only that something answers is asked of it. */
  path?: string
}

/** The programs that a gate starts. */
export interface GateTools {
  k6: FoundTool
  /** For servers of our own that are replaced while their tasks go on. */
  redis?: FoundTool
}

export interface PlayOptions extends GateTools {
  scenario: Scenario
  settings: LoadSettings
  /** Without one the reference server is started for the scenario. */
  target?: GateTarget
  thresholds: readonly EffectiveThreshold[]
  /** Does, through the shell, what a scenario wants done to the servers of the target. */
  faultCommand?: string
  /** For logs and k6's result. */
  folder: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  report: Report
  signal: AbortSignal
}

/**
 * Plays one scenario and judges it from both ends. What happens midway makes the run unproven, never an error.
 * @throws PetrelError when target or metrics are missing at the start; what the signal says when it is interrupted.
 */
export function playScenario(options: PlayOptions): Promise<ScenarioRun> {
  const { scenario, clock, signal, folder } = options
  return withScope(async scope => {
    const own =
      options.target === undefined
        ? await startOwnServers(scenario, { folder, redis: options.redis, signal }, scope)
        : undefined
    const metrics = own?.metrics === undefined ? {} : { metrics: own.metrics }
    const target: GateTarget = options.target ?? { url: own?.urls[0] ?? '', ...metrics }
    const faultCommand =
      scenario.cause.by === 'command' ? (own?.replaceAll ?? options.faultCommand) : undefined
    const isOurs = target.path === undefined
    const url = await checkTarget(target.url, signal, isOurs)
    const createsTasks = isOurs || (await hasTasks(url, signal))
    const missing = target.metrics === undefined ? [] : missingMetrics(await scrape(target.metrics, signal))
    // Servers that are replaced do not answer meanwhile, and begin to count anew.
    const isReplaced = scenario.cause.by === 'command'
    const watched =
      target.metrics === undefined || missing.length > 0 || isReplaced
        ? undefined
        : scope.use(await watchServer(target.metrics, clock, signal))
    const startAt = clock.wall() + K6_LEAD_MS
    const load = scope.use(
      await startLoad({
        scenario,
        targets: own?.urls ?? [url],
        settings: {
          ...options.settings,
          createsTasks,
          ...(target.path === undefined ? {} : { pathTemplate: target.path }),
        },
        startAt,
        ...(faultCommand === undefined ? {} : { faultCommand }),
        k6: options.k6,
        folder,
        env: options.env,
        clock,
        signal,
      }),
    )
    tellPhases(options, startAt, scope)
    const result = await load.result
    signal.throwIfAborted()
    const window = await watched?.finish()
    const problems = [...result.problems, ...(window?.problems ?? [])]
    const gone = await whyGone(url, signal, isOurs)
    if (gone !== undefined) problems.push(`the target ended during the run: ${gone}`)
    const checks = [
      ...loadChecks(result, gone !== undefined),
      ...options.thresholds.map(threshold => judgeThreshold(threshold, result, window, createsTasks)),
      ...(isReplaced ? leftOutJoined() : window ? joinedChecks(result, window, scenario) : []),
      ...(missing.length > 0 && !isReplaced
        ? unprovenJoined(
            `${target.metrics} has no ${missing.join(', ')}: another version, or not measured by Petrel`,
          )
        : []),
    ]
    return runOf(scenario, result, window, checks, problems)
  })
}

function runOf(
  { name, summary }: Scenario,
  load: LoadResult,
  window: ServerWindow | undefined,
  found: readonly Check[],
  problems: readonly string[],
): ScenarioRun {
  const checks = afterProblems(found, problems)
  return {
    scenario: name,
    summary,
    verdict: runVerdict(checks, problems),
    problems: [...problems],
    checks,
    load,
    charts: chartsOf(load, window?.readings ?? []),
  }
}

/** A line at the begin of each phase: a suite takes minutes, and a log in CI is read while it grows. */
function tellPhases({ scenario, settings, clock, report }: PlayOptions, startAt: number, scope: Scope): void {
  const lengths = phaseLengths(scenario, settings)
  let at = startAt
  for (const phase of PHASES) {
    const { [phase]: length } = lengths
    const line = `${scenario.name}: ${phase}, ${Math.round(length / 1_000)} s`
    if (length > 0) scope.use(clock.after(Math.max(0, at - clock.wall()), () => report(line)))
    at += length
  }
}

/** What a broken threshold of k6 is called: `petrel_stream_errors{cause:gap} count==0 …` → `load/stream-errors-gap`. */
function loadCheckId(violation: string): string {
  const [, metric = '', value = ''] = /^petrel_(\w+)(?:\{\w+:([\w-]+)\})? /.exec(violation) ?? []
  if (metric === '') return 'load/silent-peers'
  return `load/${[metric, value].filter(Boolean).join('-').replaceAll('_', '-')}`
}

/** k6's own thresholds: one check each that is broken, or one that says that none is. */
function loadChecks({ violations, problems }: LoadResult, targetIsGone: boolean): Check[] {
  const check = (id: string, verdict: Check['verdict'], note: string): Check => ({
    id,
    kind: 'load',
    title: 'what the load scenario itself holds the target to',
    phase: null,
    verdict,
    measured: null,
    server: null,
    limit: '',
    samples: null,
    source: 'the scenario',
    note,
    comparison: null,
  })
  if (violations.length === 0) {
    // What a generator did not see it did not find broken either.
    const isClean = problems.length === 0
    return [check('load/scenario', isClean ? 'held' : 'not_proven', isClean ? '' : 'the run was not clean')]
  }
  return violations.map(sentence =>
    check(loadCheckId(sentence), targetIsGone ? 'not_proven' : 'did_not_hold', sentence),
  )
}
