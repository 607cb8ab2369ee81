import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PHASES, type Phase, type Scenario } from '#catalog'
import { type Clock, parseDuration } from '#core'
import { type FoundTool, type OwnedProcess, startProcess } from '#stack'
import { exitProblem } from './exit-codes.ts'
import { type LoadResult, parseK6Result, toLoadResult } from './result.ts'

/** How a scenario is played. What is left away, the scenario's own values decide. Lengths in milliseconds. */
export interface LoadSettings {
  clients?: number
  badClients?: number
  /** Name of a reconnect policy that takes the place of the behaviour's own. */
  policy?: string
  phases?: Partial<Readonly<Record<Phase, number>>>
  taskMs?: number
  seed?: number
}

export interface LoadOptions {
  scenario: Scenario
  /** `http://host:port`, as `checkTarget` gave it back. */
  target: string
  settings: LoadSettings
  /** When the warm-up begins, in milliseconds since the Unix epoch: several loads share one timeline. */
  startAt: number
  k6: FoundTool
  /** For k6's log and its result file. */
  folder: string
  /** The environment that k6 gets, without its own variables: a stray `K6_VUS` would change the run. */
  env: Readonly<Record<string, string | undefined>>
  clock: Pick<Clock, 'wall' | 'after'>
  /** Time after its last phase in which k6 must have ended: its run-out, its summary, a busy machine. */
  marginMs?: number
  signal: AbortSignal
}

export interface Load extends AsyncDisposable {
  process: OwnedProcess
  /** When the last phase is over, in milliseconds since the Unix epoch. */
  endsAt: number
  /** Never rejects for what k6 does: a generator that hung, died or wrote nothing gives a result that says so. */
  result: Promise<LoadResult>
}

const MARGIN_MS = 20_000

const scenarioFile = (name: string) =>
  fileURLToPath(new URL(`../../../loadtests/scenarios/${name}.ts`, import.meta.url))

/** Length of each phase of a load, in milliseconds. */
export function phaseLengths(scenario: Scenario, settings: LoadSettings): Record<Phase, number> {
  const length = (phase: Phase) => settings.phases?.[phase] ?? parseDuration(scenario.phases[phase])
  return { warmup: length('warmup'), fault: length('fault'), recovery: length('recovery') }
}

/** Starts k6 with one scenario against one target. Its process ends with the load. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { scenario, settings, startAt, clock, marginMs = MARGIN_MS } = options
  const name = `k6 ${scenario.name}`
  const resultFile = join(options.folder, 'k6-result.json')
  const lengths = phaseLengths(scenario, settings)
  const endsAt = startAt + PHASES.reduce((sum, phase) => sum + lengths[phase], 0)
  const child = await startProcess({
    name,
    command: options.k6.path,
    args: ['run', '--quiet', '--no-usage-report', '--address', '', scenarioFile(scenario.name)],
    env: {
      ...without(options.env, /^K6_/),
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
      K6_WEB_DASHBOARD: 'false',
      TARGET: options.target,
      START_AT: String(startAt),
      WARMUP_MS: String(lengths.warmup),
      FAULT_MS: String(lengths.fault),
      RECOVERY_MS: String(lengths.recovery),
      RESULT_FILE: resultFile,
      ...optional('CLIENTS', settings.clients),
      ...optional('BAD_CLIENTS', settings.badClients),
      ...optional('POLICY', settings.policy),
      ...optional('TASK_MS', settings.taskMs),
      ...optional('SEED', settings.seed),
    },
    cwd: options.folder,
    logFile: join(options.folder, 'k6.log'),
    signal: options.signal,
  })
  let hung = false
  const watchdog = clock.after(endsAt + marginMs - clock.wall(), () => {
    hung = true
    void child.stop()
  })
  const result = child.exited.then(async exit => {
    watchdog[Symbol.dispose]()
    const problem = hung
      ? `k6 hung: it had not ended ${marginMs / 1_000} s after its last phase`
      : exitProblem(exit)
    const tail = problem === undefined ? [] : child.tail().slice(-3)
    const problems = problem === undefined ? [] : [[problem, ...tail].join('\n')]
    const measured = parseK6Result(await readFile(resultFile, 'utf8').catch(() => ''))
    if (!measured) problems.push('k6 left no result that could be read')
    return toLoadResult(measured ?? nothingMeasured(scenario, startAt, lengths), {
      target: options.target,
      k6: options.k6.version,
      problems,
    })
  })
  return { process: child, endsAt, result, [Symbol.asyncDispose]: () => child.stop() }
}

function nothingMeasured(scenario: Scenario, startAt: number, lengths: Record<Phase, number>) {
  const faultAt = startAt + lengths.warmup
  const recoveryAt = faultAt + lengths.fault
  return {
    schema: 'petrel.k6/1' as const,
    scenario: scenario.name,
    phases: {
      warmup: { from: startAt, to: faultAt },
      fault: { from: faultAt, to: recoveryAt },
      recovery: { from: recoveryAt, to: recoveryAt + lengths.recovery },
    },
    metrics: {},
  }
}

/** Takes inherited variables away: `undefined` removes one from a child's environment. */
function without(env: LoadOptions['env'], pattern: RegExp): Record<string, undefined> {
  return Object.fromEntries(
    Object.keys(env)
      .filter(name => pattern.test(name))
      .map(name => [name, undefined]),
  )
}

const optional = (name: string, value: string | number | undefined) =>
  value === undefined ? {} : { [name]: String(value) }
