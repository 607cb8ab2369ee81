import { z } from 'zod'
import { BURST_SECONDS, NEVER_MS, PHASES, type Phase, STREAM_FAULTS, type Tally } from '#catalog'
import { type BadReaderFigures, judgeReaders } from '../causes/index.ts'
import { curvesOf, curvesSchema } from './curves.ts'
import { type GeneratorFigures, saturation } from './generator.ts'
import type { K6Result } from './k6-result.ts'

const milliseconds = z.number()
const epochMs = z.number().int().describe('milliseconds since the Unix epoch')
const count = z.number().int().nonnegative()

/** A distribution, in milliseconds; null when nothing was measured. */
const trendSchema = z
  .object({
    count,
    p50: milliseconds,
    p95: milliseconds,
    p99: milliseconds,
    max: milliseconds,
  })
  .nullable()
export type TrendFigures = z.infer<typeof trendSchema>

/** What the load side counted in one phase. An attempt belongs to the phase in which it was made. */
const phaseFiguresSchema = z.object({
  from: epochMs,
  to: epochMs,
  attempts: count,
  ended: count.describe('attempts that came to an end before the run did'),
  accepted: count.describe('handshakes answered with 101'),
  refused: z.record(z.string(), count).describe('handshakes answered otherwise, by HTTP status'),
  usable: count.describe('first useful frame arrived, and the terminal event too or it stayed a second'),
  overstayed: count.describe(
    'attempts whose client was to leave at once and stayed, since the generator was late; not usable',
  ),
  reconnects: count.describe('attempts for the same task beyond the first'),
  tasksFollowed: count,
  firstProgressSeen: count.describe('tasks whose first progress reached the client'),
  terminalSeen: count.describe('tasks whose terminal event reached the client'),
  streamErrors: count.describe('faults of the streams, of any cause'),
  firstAttemptAt: epochMs.nullable(),
  lastAttemptAt: epochMs.nullable(),
  connectMs: trendSchema.describe('of each attempt'),
  firstConnectMs: trendSchema.describe(
    "from a client's first attempt for a task to the first that was accepted",
  ),
  firstMessageMs: trendSchema,
})
export type PhaseFigures = z.infer<typeof phaseFiguresSchema>

const share = milliseconds.nullable().describe('null: so many were not back when the run ended')

/** How the crowd came back after its fault. */
const recoverySchema = z.object({
  losses: count.describe('streams that were lost before their task ended'),
  neverCameBack: count.describe('lost clients whose policy stopped; gated at zero'),
  stillWaiting: count.describe('lost clients that were still to try again when the run ended'),
  reloads: count.describe('clients that came back only since their page was loaded again'),
  neverShare: z.number().describe('share of the losses that never came back'),
  p50Ms: share.describe('until half of the crowd had a useful frame again'),
  p95Ms: share,
  p99Ms: share,
  attemptsPerRecovery: z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable(),
  peakReconnectsPerSecond: count.describe('in the first seconds of the fault and of the recovery'),
  overshoot: z.number().describe('that peak per client: at 1 the whole crowd came back within one second'),
})

const generatorSchema = z.object({
  peakCores: z.number().nullable().describe('cores that it used in its busiest two seconds'),
  peakDescriptors: count.nullable(),
  peakMemory: z.number().nullable().describe('bytes'),
})

const badReadersSchema = z
  .object({
    readers: count,
    reads: z.enum(['nothing', 'little']),
    heartbeatMs: milliseconds.nullable().describe("time between the server's pings, as it says"),
    framesRead: count,
    stillOpen: count.describe('those that were still connected at the end of the fault'),
    closes: z.record(z.string(), count).describe('close codes of the others'),
  })
  .nullable()
  .describe('clients beside the crowd that read badly; null where the scenario has none')

export const loadResultSchema = z
  .object({
    schema: z.literal('petrel.load/1'),
    scenario: z.string(),
    target: z.string(),
    verdict: z.enum(['held', 'did_not_hold', 'not_proven']),
    violations: z.array(z.string()).describe('thresholds that the target did not hold'),
    problems: z.array(z.string()).describe('why the run proves nothing; empty when it does'),
    k6: z.string().describe('version of the load generator'),
    timerLagMaxMs: milliseconds.describe('how late the generator was at worst'),
    generator: generatorSchema,
    badReaders: badReadersSchema,
    streamErrors: z
      .record(z.enum(STREAM_FAULTS), count)
      .describe('faults of the streams by cause, gated at zero'),
    stalenessMs: trendSchema.describe('longest silence of each stream that had not ended'),
    recovery: recoverySchema,
    attemptsByRefusal: z
      .record(z.string(), count)
      .describe('attempts in the fault phase by the answer of the front door; empty without one'),
    messagesReceived: count
      .nullable()
      .describe('data frames that clients received; null when none was counted'),
    segments: z.number().int().positive().describe('k6 processes that played the crowd together'),
    curves: curvesSchema,
    phases: z.object({
      warmup: phaseFiguresSchema,
      steady: phaseFiguresSchema,
      fault: phaseFiguresSchema,
      recovery: phaseFiguresSchema,
    }),
  })
  .describe('Result of `petrel load`')
export type LoadResult = z.infer<typeof loadResultSchema>

/** Thresholds that judge the generator, not the target: broken, they make a run unproven. */
const OF_THE_GENERATOR = /^petrel_(attempts|attempts_by_refusal|own_failures|timer_lag_ms|timer_probes)\b/

/** A crowd of which a larger share stayed, though it was to leave at once, was another crowd. */
const MOST_OVERSTAYED = 0.1

/** Joins what k6 measured into the versioned result. Pure. */
export function toLoadResult(
  { scenario, clients, phases, metrics }: K6Result,
  run: {
    target: string
    k6: string
    problems: readonly string[]
    honesty: GeneratorFigures
    badReaders: BadReaderFigures | null
    segments: number
    tally: Tally | undefined
  },
): LoadResult {
  const value = (metric: string, key: string) => metrics[metric]?.values[key]
  const figures = Object.fromEntries(
    PHASES.map(phase => [phase, phaseFigures(metrics, phase, phases[phase])]),
  ) as Record<Phase, PhaseFigures>
  const problems = [...run.problems, ...saturation(run.honesty)]
  const violations: string[] = []
  if (run.badReaders) {
    const shown = judgeReaders(run.badReaders, phases.fault.to - phases.fault.from)
    violations.push(...shown.violations)
    problems.push(...shown.problems)
  }
  for (const [metric, { thresholds, values }] of Object.entries(metrics)) {
    for (const [expression, { ok }] of Object.entries(thresholds ?? {})) {
      if (ok) continue
      const key = expression.match(/^[a-z]+(\(\d+\))?/)?.[0] ?? ''
      const sentence = `${metric} ${expression} does not hold: it is ${values[key] ?? 'missing'}`
      if (OF_THE_GENERATOR.test(metric)) problems.push(sentence)
      else violations.push(sentence)
    }
  }
  for (const phase of PHASES) {
    const { attempts, ended, overstayed } = figures[phase]
    if (overstayed > MOST_OVERSTAYED * attempts) {
      problems.push(`${overstayed} of ${attempts} clients of the ${phase} phase left later than they were to`)
    }
    if (ended < attempts)
      problems.push(`${attempts - ended} attempts of the ${phase} phase never came to an end`)
  }
  return {
    schema: 'petrel.load/1',
    scenario,
    target: run.target,
    verdict: verdictOf(violations, problems),
    violations,
    problems,
    k6: run.k6,
    generator: { ...run.honesty },
    badReaders: run.badReaders,
    timerLagMaxMs: value('petrel_timer_lag_ms', 'max') ?? 0,
    streamErrors: Object.fromEntries(
      STREAM_FAULTS.map(cause => [cause, value(`petrel_stream_errors{cause:${cause}}`, 'count') ?? 0]),
    ) as LoadResult['streamErrors'],
    stalenessMs: trend(metrics.petrel_staleness_ms?.values),
    recovery: recoveryOf(metrics, clients),
    attemptsByRefusal: countsOf(metrics, /^petrel_attempts_by_refusal\{refusal:(\w+)\}$/),
    messagesReceived: value('ws_msgs_received', 'count') ?? null,
    segments: run.segments,
    curves: curvesOf(run.tally),
    phases: figures,
  }
}

/**
 * A floor of the scenario is missed by a crowd that was not whole, too; what was counted and must not be stays proven,
 * whatever kept the run from proving more.
 */
function verdictOf(violations: readonly string[], problems: readonly string[]): LoadResult['verdict'] {
  const proven = problems.length === 0 ? violations : violations.filter(one => !/ count>=/.test(one))
  if (proven.length > 0) return 'did_not_hold'
  return problems.length > 0 ? 'not_proven' : 'held'
}

/** The result of a run of which more became known than k6 saw. */
export function withProblems(result: LoadResult, more: readonly string[]): LoadResult {
  const problems = [...result.problems, ...more]
  return { ...result, problems, verdict: verdictOf(result.violations, problems) }
}

function phaseFigures(
  metrics: K6Result['metrics'],
  phase: Phase,
  { from, to }: { from: number; to: number },
): PhaseFigures {
  const values = (metric: string) => metrics[`${metric}{phase:${phase}}`]?.values
  const total = (metric: string) => values(metric)?.count ?? 0
  const refused = countsOf(metrics, new RegExp(`^ws_sessions\\{phase:${phase},status:(\\d+)\\}$`))
  const at = values('petrel_attempt_at')
  const seen = at !== undefined && (at.count ?? 0) > 0
  return {
    from,
    to,
    attempts: total('petrel_attempts'),
    ended: total('petrel_attempts_ended'),
    accepted: total('petrel_accepted'),
    refused,
    usable: total('petrel_usable_sessions'),
    overstayed: total('petrel_overstayed'),
    reconnects: total('petrel_reconnects'),
    tasksFollowed: total('petrel_tasks_followed'),
    firstProgressSeen: total('petrel_first_progress_seen'),
    terminalSeen: total('petrel_terminal_seen'),
    streamErrors: total('petrel_stream_errors'),
    firstAttemptAt: seen ? Math.round(at.min ?? 0) : null,
    lastAttemptAt: seen ? Math.round(at.max ?? 0) : null,
    connectMs: trend(values('petrel_connect_ms')),
    firstConnectMs: trend(values('petrel_first_connect_ms')),
    firstMessageMs: trend(values('petrel_first_message_ms')),
  }
}

/** Counts of the sub-metrics whose name fits, by what the pattern takes from it; those of zero are left out. */
function countsOf(metrics: K6Result['metrics'], pattern: RegExp): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [name, { values }] of Object.entries(metrics)) {
    const key = name.match(pattern)?.[1]
    if (key !== undefined && (values.count ?? 0) > 0) counts[key] = values.count ?? 0
  }
  return counts
}

/** k6 interpolates between two neighbours: a place that leans on one who never came back is that of nobody. */
const LEAST_WEIGHT = 1e-4

function recoveryOf(metrics: K6Result['metrics'], clients: number): LoadResult['recovery'] {
  const total = (name: string) => metrics[name]?.values.count ?? 0
  const back = metrics.petrel_recovery_ms?.values ?? {}
  const within = (key: string) => {
    const time = back[key]
    // One of those who never came back stands at this place of the order.
    return time === undefined || !back.count || time > NEVER_MS * LEAST_WEIGHT ? null : time
  }
  const tries = metrics.petrel_attempts_per_recovery?.values
  const peak = Math.max(
    0,
    ...BURST_SECONDS.map(second => total(`petrel_reconnects_in_second{second:${second}}`)),
  )
  const losses = total('petrel_losses')
  const neverCameBack = total('petrel_never_came_back')
  return {
    losses,
    neverCameBack,
    stillWaiting: total('petrel_still_waiting'),
    reloads: total('petrel_reloads'),
    neverShare: losses === 0 ? 0 : neverCameBack / losses,
    p50Ms: within('med'),
    p95Ms: within('p(95)'),
    p99Ms: within('p(99)'),
    attemptsPerRecovery: tries?.count
      ? { p50: tries.med ?? 0, p95: tries['p(95)'] ?? 0, max: tries.max ?? 0 }
      : null,
    peakReconnectsPerSecond: peak,
    overshoot: clients === 0 ? 0 : peak / clients,
  }
}

function trend(values: Readonly<Record<string, number>> | undefined): TrendFigures {
  if (!values?.count) return null
  const { count, max = 0, med = 0 } = values
  return { count, p50: med, p95: values['p(95)'] ?? 0, p99: values['p(99)'] ?? 0, max }
}
