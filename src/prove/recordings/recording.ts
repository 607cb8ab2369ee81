import { z } from 'zod'
import { severitySchema } from '../fields.ts'

/** One sample a second; what JSON has no number for is a word. */
const sampleSchema = z.union([
  z.number(),
  z.null().describe('nothing was scraped'),
  z.literal('stale').describe('the target or the series was gone from here on'),
  z.enum(['NaN', '+Inf', '-Inf']),
])
export type RecordedSample = z.infer<typeof sampleSchema>

const recordedSeriesSchema = z.object({
  name: z.string().min(1),
  labels: z.record(z.string(), z.string()),
  values: z.array(sampleSchema),
})
export type RecordedSeries = z.infer<typeof recordedSeriesSchema>

const epochMs = z.number().describe('milliseconds since the Unix epoch')
const spanSchema = z.object({ from: epochMs, to: epochMs })
/** Earliest and latest, in seconds after the fault began (or ended). */
const windowSchema = z.object({ from: z.number(), to: z.number() })
export type Window = z.infer<typeof windowSchema>

const recordedExpectationSchema = z.object({
  alert: z.string(),
  severity: severitySchema,
  expected: z.enum(['fire', 'silent', 'either']),
  detect: windowSchema.nullable().describe('when it has to fire; null where it must not'),
  resolve: windowSchema.nullable(),
})
export type RecordedExpectation = z.infer<typeof recordedExpectationSchema>

/** A run as Prometheus saw it: the series of its job, when its phases were, and what its alerts have to do. */
export const recordingSchema = z
  .object({
    schema: z.literal('petrel.recording/1'),
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
    job: z.string(),
    scenario: z.string(),
    recordedAt: z.iso.datetime(),
    startsAt: epochMs.describe('of the first sample, in milliseconds since the Unix epoch'),
    stepMs: z.literal(1_000),
    phases: z.record(z.string(), spanSchema),
    fault: spanSchema.describe('its first and its last attempt'),
    expectations: z.array(recordedExpectationSchema).min(1),
    series: z.array(recordedSeriesSchema).min(1),
  })
  .describe('A run that petrel recorded; the file is gzipped')
export type Recording = z.infer<typeof recordingSchema>

/** Samples of each series. */
export const lengthOf = ({ series }: Pick<Recording, 'series'>) =>
  Math.max(0, ...series.map(({ values }) => values.length))

/** True for what rules made: a change of the rules makes it anew. */
export const isMadeByRules = (name: string) => name.includes(':') || name.startsWith('ALERTS')
