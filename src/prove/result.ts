import { z } from 'zod'
import { chartSchema, verdictSchema } from '#report'
import { epochMs, runFields, severitySchema } from './fields.ts'

export type { Chart, Series, Verdict } from '#report'

/** Seconds, from the start (or the end) of the fault to the webhook that received it. */
const seconds = z.number().nonnegative()
const share = z.number().min(0).max(1)

const alertObservationSchema = z.object({
  alert: z.string(),
  severity: severitySchema,
  expected: z.enum(['fire', 'silent', 'either']),
  fired: z.boolean(),
  firedAt: epochMs.nullable().describe('when the webhook received it'),
  resolvedAt: epochMs.nullable(),
  detect: z.object({ predicted: seconds.nullable(), measured: seconds.nullable() }),
  resolve: z.object({ predicted: seconds.nullable(), measured: seconds.nullable() }),
  verdict: verdictSchema,
  note: z.string().describe('why it did not hold or is not proven; empty when it held'),
})
export type AlertObservation = z.infer<typeof alertObservationSchema>

/** What the load side and the log counted in the fault phase of one replay. */
const figuresSchema = z.object({
  attempts: z.number().int(),
  accepted: z.number().int(),
  usable: z.number().int().describe('sessions that brought the first progress or the terminal event'),
  connectionSuccess: share.describe('usable sessions ÷ attempts'),
  handshakeSuccess: share.nullable().describe('accepted ÷ attempts'),
  sessionSuccess: share
    .nullable()
    .describe("good ÷ decided sessions, by the server's own count; null without any"),
  errorLines: z.number().int(),
  errorLinesPerSecond: z.number(),
  warningLinesPerSecond: z.number(),
  reconnects: z.number().int(),
  reconnectsPerSecondPerClient: z.number(),
  tasksFollowed: z.number().int(),
  firstProgressSeen: z.number().int().describe('tasks whose first progress reached the client'),
  terminalSeen: z.number().int().describe('tasks whose terminal event reached the client'),
  sendsAfterClose: z.number().int().describe('that the alert counts: again, or after a close of its own'),
})
export type Figures = z.infer<typeof figuresSchema>

const spanSchema = z.object({ from: epochMs, to: epochMs })

/** One replay: one client against one server, under its own Prometheus job. */
const replaySchema = z.object({
  job: z.string(),
  client: z.enum(['old', 'new']),
  server: z.enum(['old', 'new']),
  phases: z.object({ warmup: spanSchema, fault: spanSchema, recovery: spanSchema }),
  figures: figuresSchema,
  alerts: z.array(alertObservationSchema),
  charts: z.array(chartSchema),
  logLines: z.array(z.string()).describe("a few of the server's error lines, as it wrote them"),
  problems: z.array(z.string()).describe('why this replay is not proven; empty when it is'),
})
export type Replay = z.infer<typeof replaySchema>

const tableRowSchema = z.object({
  measure: z.string(),
  before: z.string().describe('old client, old server'),
  after: z.string().describe('new client, new server'),
})

export type TableRow = z.infer<typeof tableRowSchema>

const regimeSchema = z.object({
  name: z.enum(['refused', 'flapping']),
  title: z.string(),
  table: z.array(tableRowSchema),
  replays: z.array(replaySchema),
  conclusions: z.array(z.string()).describe('what each half of the fix changed, with its figures'),
})
export type Regime = z.infer<typeof regimeSchema>

export const demoResultSchema = z
  .object({
    schema: z.literal('petrel.demo/1'),
    ...runFields,
    regimes: z.array(regimeSchema),
  })
  .describe('Result of `petrel demo`')
export type DemoResult = z.infer<typeof demoResultSchema>
