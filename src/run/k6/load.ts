import { fileURLToPath } from 'node:url'
import { PHASES, type Phase, type Scenario } from '#catalog'
import type { Clock } from '#core'
import { STREAM_PATH } from '#protocol'
import type { FoundTool, OwnedProcess } from '#stack'
import { type SharedTask, startCause } from '../causes/index.ts'
import { watchGenerator } from './generator.ts'
import { joinOutcomes } from './outcome.ts'
import { type LoadResult, toLoadResult } from './result.ts'
import { type RemoteWrite, type Segment, startSegment } from './segment.ts'
import { type LoadSettings, phaseLengths } from './settings.ts'
import { localAddresses, shareOf } from './source-addresses.ts'
import { crowdVariables } from './variables.ts'

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
  /** Causes the fault in place of what the scenario would do: through the shell, or by itself. */
  faultCommand?: string | (() => Promise<unknown>)
  /** Somebody else causes the fault: the load brings its crowd alone. */
  causedElsewhere?: boolean
  /** Where a command runs. */
  cwd?: string
  /**
   * Prometheus that takes k6's metrics, as `http://127.0.0.1:9090/api/v1/write`, and the job that they get: the one
   * under which it scrapes the target, so that boards can lay both ends over each other.
   */
  remoteWrite?: RemoteWrite
  /** Time after its last phase in which k6 must have ended: its run-out, its summary, a busy machine. */
  marginMs?: number
  signal: AbortSignal
}

export interface Load extends AsyncDisposable {
  /** One k6 for each segment. */
  processes: readonly OwnedProcess[]
  /** When the last phase is over, in milliseconds since the Unix epoch. */
  endsAt: number
  /** Never rejects for what k6 does: a generator that hung, died or wrote nothing gives a result that says so. */
  result: Promise<LoadResult>
}

/** k6 needs this long before its first VU can run. */
export const K6_LEAD_MS = 2_500
const MARGIN_MS = 20_000
const HUNG = 'Was it stopped, or the machine too busy? Play it again, with fewer --clients'

const scenarioFile = (name: string) =>
  fileURLToPath(new URL(`../../../loadtests/scenarios/${name}.ts`, import.meta.url))

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
  const phases = phaseSpans(startAt, phaseLengths(scenario, settings))
  const endsAt = phases.recovery.to
  const cause = await startCause({
    scenario: options.causedElsewhere ? { ...scenario, cause: { by: 'crowd' } } : scenario,
    targets: options.targets,
    pathTemplate: settings.pathTemplate ?? STREAM_PATH,
    command: options.faultCommand,
    cwd: options.cwd ?? options.folder,
    fault: phases.fault,
    recoveryTo: phases.recovery.to,
    clock,
    signal,
  })
  const of = settings.segments ?? 1
  const wanted = settings.addresses ?? 1
  const addresses = localAddresses(cause.targets, wanted > 1 ? Math.max(of, wanted) : 1)
  const segments: Segment[] = []
  try {
    for (let index = 0; index < of; index++) {
      segments.push(
        await startSegment({
          name: of === 1 ? `k6 ${scenario.name}` : `k6 ${scenario.name}, segment ${index + 1} of ${of}`,
          path: options.k6.path,
          script: scenarioFile(scenario.name),
          folder: options.folder,
          index,
          of,
          addresses: addresses.length > 1 ? shareOf(addresses, index, of) : [],
          variables: {
            ...variablesOf(cause.targets, settings, phases, addresses.length),
            ...sharedVariables(cause.shared),
          },
          env: options.env,
          remoteWrite: options.remoteWrite,
          signal,
        }),
      )
    }
  } catch (error) {
    for (const { process: child } of segments) await child.stop()
    await cause[Symbol.asyncDispose]()
    throw error
  }
  const generator = watchGenerator(
    segments.map(({ process: child }) => child.pid),
    startAt,
    clock,
  )
  let hung = false
  const watchdog = clock.after(endsAt + marginMs - clock.wall(), () => {
    hung = true
    for (const { process: child } of segments) void child.stop()
  })
  const result = Promise.all(segments.map(({ outcome }) => outcome)).then(async outcomes => {
    watchdog[Symbol.dispose]()
    const honesty = generator.stop()
    const { problems: uncaused, badReaders } = await cause.finish()
    const hanging = `k6 hung: it had not ended ${marginMs / 1_000} s after its last phase. ${HUNG}`
    const { result: measured, tally, problems } = joinOutcomes(outcomes, hung ? hanging : undefined)
    const nothing = {
      schema: 'petrel.k6/1' as const,
      scenario: scenario.name,
      clients: 0,
      segments: of,
      phases,
      metrics: {},
    }
    return toLoadResult(measured ?? nothing, {
      target: options.targets.join(', '),
      k6: options.k6.version,
      problems: [...problems, ...uncaused],
      honesty,
      badReaders,
      segments: of,
      tally,
    })
  })
  return {
    processes: segments.map(({ process: child }) => child),
    endsAt,
    result,
    async [Symbol.asyncDispose]() {
      await Promise.all(segments.map(({ process: child }) => child.stop()))
      await cause[Symbol.asyncDispose]()
    },
  }
}

/** The task that the crowd shares with whoever causes the fault. */
function sharedVariables(shared: SharedTask | undefined): Record<string, string> {
  if (shared === undefined) return {}
  const { taskId, endsAt, paceMs } = shared
  return {
    SHARED_TASK: taskId,
    SHARED_ENDS_AT: String(Math.round(endsAt)),
    SHARED_PACE_MS: String(paceMs),
  }
}

/** What a scenario reads of its environment. */
function variablesOf(
  targets: readonly string[],
  settings: LoadSettings,
  phases: ReturnType<typeof phaseSpans>,
  addresses: number,
): Record<string, string> {
  return {
    TARGET: targets.join(','),
    START_AT: String(phases.warmup.from),
    ...Object.fromEntries(
      PHASES.map(phase => [`${phase.toUpperCase()}_MS`, String(phases[phase].to - phases[phase].from)]),
    ),
    ADDRESSES: String(addresses),
    ...crowdVariables(settings),
  }
}
