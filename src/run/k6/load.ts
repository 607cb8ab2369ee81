import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PHASES, type Phase, type Scenario } from '#catalog'
import { type Clock, parseDuration } from '#core'
import { STREAM_PATH } from '#protocol'
import { type FoundTool, type OwnedProcess, startProcess } from '#stack'
import { startCause } from '../causes/index.ts'
import { exitProblem } from './exit-codes.ts'
import { watchGenerator } from './generator.ts'
import { type LoadResult, parseK6Result, toLoadResult } from './result.ts'
import { localAddresses } from './source-addresses.ts'

/** How a scenario is played. What is left away, the scenario's own values decide. Lengths in milliseconds. */
export interface LoadSettings {
  clients?: number
  badClients?: number
  /** Name of a reconnect policy that takes the place of the behaviour's own. */
  policy?: string
  phases?: Partial<Readonly<Record<Phase, number>>>
  taskMs?: number
  seed?: number
  /** Path template of the stream, where it is not ours. */
  pathTemplate?: string
  /** False for a target without our API of tasks: clients make ids up. */
  createsTasks?: boolean
  /** Source addresses of the crowd, 127.0.0.2 and on; 1 leaves them to the system. Only towards this machine. */
  addresses?: number
}

export interface LoadOptions {
  scenario: Scenario
  /** `http://host:port`, as `checkTarget` gave it back; several are replicas that clients are spread over. */
  targets: readonly string[]
  settings: LoadSettings
  /** When the warm-up begins, in milliseconds since the Unix epoch: several loads share one timeline. */
  startAt: number
  k6: FoundTool
  /** For k6's log and its result file. */
  folder: string
  /** The environment that k6 gets, without its own variables: a stray `K6_VUS` would change the run. */
  env: Readonly<Record<string, string | undefined>>
  clock: Pick<Clock, 'wall' | 'after'>
  /** Causes the fault in place of what the scenario would do, through the shell. */
  faultCommand?: string
  /** Where a command runs. */
  cwd?: string
  /**
   * Prometheus that takes k6's metrics, as `http://127.0.0.1:9090/api/v1/write`, and the job that they get: the one
   * under which it scrapes the target, so that boards can lay both ends over each other.
   */
  remoteWrite?: { url: string; job: string }
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
  return {
    warmup: length('warmup'),
    steady: length('steady'),
    fault: length('fault'),
    recovery: length('recovery'),
  }
}

/** When each phase begins and ends. */
function phaseSpans(startAt: number, lengths: Record<Phase, number>) {
  const spans = {} as Record<Phase, { from: number; to: number }>
  let from = startAt
  for (const phase of PHASES) {
    spans[phase] = { from, to: from + lengths[phase] }
    from += lengths[phase]
  }
  return spans
}

/**
 * Starts k6 with one scenario against its targets, and what causes its fault. All of it ends with the load.
 * @throws PetrelError `bad_option` when nothing here can cause the scenario's fault.
 */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { scenario, settings, startAt, clock, signal, marginMs = MARGIN_MS } = options
  const resultFile = join(options.folder, 'k6-result.json')
  const phases = phaseSpans(startAt, phaseLengths(scenario, settings))
  const endsAt = phases.recovery.to
  const cause = await startCause({
    scenario,
    targets: options.targets,
    pathTemplate: settings.pathTemplate ?? STREAM_PATH,
    command: options.faultCommand,
    cwd: options.cwd ?? options.folder,
    fault: phases.fault,
    clock,
    signal,
  })
  const addresses = localAddresses(cause.targets, settings.addresses ?? 1)
  let child: OwnedProcess
  try {
    child = await startProcess({
      name: `k6 ${scenario.name}`,
      command: options.k6.path,
      args: [
        ...['run', '--quiet', '--no-usage-report', '--address', ''],
        ...(addresses.length > 1 ? ['--local-ips', addresses.join(',')] : []),
        ...(options.remoteWrite === undefined
          ? []
          : ['--out', 'experimental-prometheus-rw', '--tag', `job=${options.remoteWrite.job}`]),
        scenarioFile(scenario.name),
      ],
      env: {
        ...without(options.env, /^K6_/),
        K6_AUTO_EXTENSION_RESOLUTION: 'false',
        K6_WEB_DASHBOARD: 'false',
        ...optional('K6_PROMETHEUS_RW_SERVER_URL', options.remoteWrite?.url),
        // By default every 5 s: a rate over four scrapes of a second would see one sample, or none.
        K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s',
        ...optional('K6_PROMETHEUS_RW_TREND_STATS', options.remoteWrite && 'p(50),p(95),p(99),max,count'),
        TARGET: cause.targets.join(','),
        START_AT: String(startAt),
        ...Object.fromEntries(
          PHASES.map(phase => [`${phase.toUpperCase()}_MS`, String(phases[phase].to - phases[phase].from)]),
        ),
        RESULT_FILE: resultFile,
        ADDRESSES: String(addresses.length),
        ...optional('CLIENTS', settings.clients),
        ...optional('BAD_CLIENTS', settings.badClients),
        ...optional('POLICY', settings.policy),
        ...optional('TASK_MS', settings.taskMs),
        ...optional('SEED', settings.seed),
        ...optional('STREAM_PATH', settings.pathTemplate),
        ...optional('CREATES_TASKS', settings.createsTasks),
      },
      cwd: options.folder,
      logFile: join(options.folder, 'k6.log'),
      signal,
    })
  } catch (error) {
    await cause[Symbol.asyncDispose]()
    throw error
  }
  const generator = watchGenerator(child.pid, startAt, clock)
  let hung = false
  const watchdog = clock.after(endsAt + marginMs - clock.wall(), () => {
    hung = true
    void child.stop()
  })
  const result = child.exited.then(async exit => {
    watchdog[Symbol.dispose]()
    const honesty = generator.stop()
    const { problems: uncaused, badReaders } = await cause.finish()
    const problem = hung
      ? `k6 hung: it had not ended ${marginMs / 1_000} s after its last phase`
      : exitProblem(exit)
    const tail = problem === undefined ? [] : child.tail().slice(-3)
    const problems = [...(problem === undefined ? [] : [[problem, ...tail].join('\n')]), ...uncaused]
    const measured = parseK6Result(await readFile(resultFile, 'utf8').catch(() => ''))
    if (!measured) problems.push('k6 left no result that could be read')
    const nothing = {
      schema: 'petrel.k6/1' as const,
      scenario: scenario.name,
      clients: 0,
      phases,
      metrics: {},
    }
    return toLoadResult(measured ?? nothing, {
      target: options.targets.join(', '),
      k6: options.k6.version,
      problems,
      honesty,
      badReaders,
    })
  })
  return {
    process: child,
    endsAt,
    result,
    async [Symbol.asyncDispose]() {
      await child.stop()
      await cause[Symbol.asyncDispose]()
    },
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

const optional = (name: string, value: string | number | boolean | undefined) =>
  value === undefined ? {} : { [name]: String(value) }
