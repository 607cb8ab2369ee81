import { z } from 'zod'
import { PHASES, type Phase } from '#catalog'

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
export const phaseFiguresSchema = z.object({
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
  streamErrors: count.describe('gaps, repetitions, and progress that went backwards'),
  firstAttemptAt: epochMs.nullable(),
  lastAttemptAt: epochMs.nullable(),
  connectMs: trendSchema,
  firstMessageMs: trendSchema,
})
export type PhaseFigures = z.infer<typeof phaseFiguresSchema>

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
    recoveryMs: trendSchema.describe('from a mass drop to the next useful frame'),
    peakAttemptsPer100Ms: z.number().nullable().describe('in the fault phase, of one generator thread'),
    phases: z.object({
      warmup: phaseFiguresSchema,
      fault: phaseFiguresSchema,
      recovery: phaseFiguresSchema,
    }),
  })
  .describe('Result of `petrel load`')
export type LoadResult = z.infer<typeof loadResultSchema>

/** What k6's `handleSummary` gives us, by way of `loadtests/lib/scenario.ts`. */
const k6ResultSchema = z.object({
  schema: z.literal('petrel.k6/1'),
  scenario: z.string(),
  phases: z.record(z.enum(PHASES), z.object({ from: z.number(), to: z.number() })),
  metrics: z.record(
    z.string(),
    z.object({
      values: z.record(z.string(), z.number()),
      thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
    }),
  ),
})
export type K6Result = z.infer<typeof k6ResultSchema>

/** Reads the file that the scenario wrote; nothing when it is missing, cut off, or of another shape. */
export function parseK6Result(text: string): K6Result | undefined {
  try {
    return k6ResultSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Thresholds that judge the generator, not the target: broken, they make a run unproven. */
const OF_THE_GENERATOR = /^petrel_(attempts|timer_lag_ms|timer_probes)\b/

/** A crowd of which a larger share stayed, though it was to leave at once, was another crowd. */
const MOST_OVERSTAYED = 0.1

/** Joins what k6 measured into the versioned result. Pure. */
export function toLoadResult(
  { scenario, phases, metrics }: K6Result,
  run: { target: string; k6: string; problems: readonly string[] },
): LoadResult {
  const value = (metric: string, key: string) => metrics[metric]?.values[key]
  const figures = Object.fromEntries(
    PHASES.map(phase => [phase, phaseFigures(metrics, phase, phases[phase])]),
  ) as Record<Phase, PhaseFigures>
  const problems = [...run.problems]
  const violations: string[] = []
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
    verdict: violations.length > 0 ? 'did_not_hold' : problems.length > 0 ? 'not_proven' : 'held',
    violations,
    problems,
    k6: run.k6,
    timerLagMaxMs: value('petrel_timer_lag_ms', 'max') ?? 0,
    recoveryMs: trend(metrics.petrel_recovery_ms?.values),
    peakAttemptsPer100Ms: value('petrel_attempts_per_100ms', 'max') ?? null,
    phases: figures,
  }
}

function phaseFigures(
  metrics: K6Result['metrics'],
  phase: Phase,
  { from, to }: { from: number; to: number },
): PhaseFigures {
  const values = (metric: string) => metrics[`${metric}{phase:${phase}}`]?.values
  const total = (metric: string) => values(metric)?.count ?? 0
  const refused: Record<string, number> = {}
  for (const [name, { values }] of Object.entries(metrics)) {
    const status = name.match(new RegExp(`^ws_sessions\\{phase:${phase},status:(\\d+)\\}$`))?.[1]
    if (status !== undefined && (values.count ?? 0) > 0) refused[status] = values.count ?? 0
  }
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
    firstMessageMs: trend(values('petrel_first_message_ms')),
  }
}

function trend(values: Readonly<Record<string, number>> | undefined): TrendFigures {
  if (!values?.count) return null
  const { count, max = 0, med = 0 } = values
  return { count, p50: med, p95: values['p(95)'] ?? 0, p99: values['p(99)'] ?? 0, max }
}
