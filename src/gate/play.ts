import { join } from 'node:path'
import type { Scenario } from '#catalog'
import { type Clock, errorText, PetrelError, type Report, withScope } from '#core'
import {
  checkTarget,
  hasTasks,
  type LoadResult,
  type LoadSettings,
  startLoad,
  startReferenceServer,
} from '#run'
import type { FoundTool } from '#stack'
import { chartsOf } from './charts.ts'
import { joinedChecks, unprovenJoined } from './joined.ts'
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

export interface PlayOptions {
  scenario: Scenario
  settings: LoadSettings
  /** Without one the reference server is started for the scenario. */
  target?: GateTarget
  thresholds: readonly EffectiveThreshold[]
  k6: FoundTool
  /** For logs and k6's result. */
  folder: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  report: Report
  signal: AbortSignal
}

/** k6 needs this long before its first VU can run. */
const LEAD_MS = 2_500

/**
 * Plays one scenario and judges it from both ends. What happens midway makes the run unproven, never an error.
 * @throws PetrelError when target or metrics are missing at the start; what the signal says when it is interrupted.
 */
export function playScenario(options: PlayOptions): Promise<ScenarioRun> {
  const { scenario, clock, signal, folder } = options
  return withScope(async scope => {
    const server =
      options.target === undefined
        ? scope.use(
            await startReferenceServer({
              name: 'the server',
              logFile: join(folder, `${scenario.name}-server.log`),
              signal,
            }),
          )
        : undefined
    const target = options.target ?? { url: server?.url ?? '', metrics: `${server?.url}/metrics` }
    const isOurs = target.path === undefined
    const url = await checkTarget(target.url, signal, isOurs)
    const createsTasks = isOurs || (await hasTasks(url, signal))
    const missing = target.metrics === undefined ? [] : missingMetrics(await scrape(target.metrics, signal))
    const watched =
      target.metrics === undefined || missing.length > 0
        ? undefined
        : scope.use(await watchServer(target.metrics, clock, signal))
    const load = scope.use(
      await startLoad({
        scenario,
        targets: [url],
        settings: {
          ...options.settings,
          createsTasks,
          ...(target.path === undefined ? {} : { pathTemplate: target.path }),
        },
        startAt: clock.wall() + LEAD_MS,
        k6: options.k6,
        folder,
        env: options.env,
        clock,
        signal,
      }),
    )
    const result = await load.result
    signal.throwIfAborted()
    const window = await watched?.finish()
    const problems = [...result.problems, ...(window?.problems ?? [])]
    const gone = await whyGone(url, signal, isOurs)
    if (gone !== undefined) problems.push(`the target ended during the run: ${gone}`)
    const checks = [
      ...loadChecks(result, gone !== undefined),
      ...options.thresholds.map(threshold => judgeThreshold(threshold, result, window, createsTasks)),
      ...(window ? joinedChecks(result, window, scenario) : []),
      ...(missing.length > 0
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

/** Why a target that was there before the load is not there after it; undefined when it is. */
async function whyGone(url: string, signal: AbortSignal, isOurs: boolean): Promise<string | undefined> {
  try {
    await checkTarget(url, signal, isOurs)
    return undefined
  } catch (error) {
    if (!(error instanceof PetrelError)) throw error
    return errorText(error)
  }
}

/** k6's own thresholds: one check each that is broken, or one that says that none is. */
function loadChecks({ violations }: LoadResult, targetIsGone: boolean): Check[] {
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
  if (violations.length === 0) return [check('load/scenario', 'held', '')]
  return violations.map((sentence, index) =>
    check(`load/scenario-${index + 1}`, targetIsGone ? 'not_proven' : 'did_not_hold', sentence),
  )
}
