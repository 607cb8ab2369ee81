import { z } from 'zod'
import { chartSchema, verdictSchema } from '#report'
import { loadResultSchema } from '#run'

/** Where a check comes from, and so what it judges. */
const CHECK_KINDS = ['load', 'threshold', 'joined', 'baseline'] as const

const number = z.number().nullable()

/** One thing that had to be true of one scenario. */
const checkSchema = z.object({
  id: z.string().describe('as "recovery/usable-share"; stable, for who counts checks over time'),
  kind: z
    .enum(CHECK_KINDS)
    .describe(
      "load: k6's own; threshold: a figure against its limit; joined: both ends of the wire against each other; baseline: against earlier runs",
    ),
  title: z.string(),
  phase: z.string().nullable(),
  verdict: z
    .enum(['held', 'warned', 'did_not_hold', 'not_proven', 'left_out'])
    .describe('warned: within what fails, beyond what warns; left_out: there was nothing to judge'),
  measured: number.describe('what the limit is laid against; for a joined check what the clients counted'),
  server: number.describe('what the server counted; null unless the check is a joined one'),
  limit: z.string().describe('as ">= 0.99", or the tolerance in words'),
  samples: z
    .object({ of: z.string(), count: z.number(), atLeast: z.number() })
    .nullable()
    .describe('how many there were and had to be; fewer prove nothing'),
  source: z.string().describe('where the limit was set: catalogue, a file, built in'),
  note: z.string().describe('why it is not held; empty when it is'),
  comparison: z
    .object({
      shift: z.number().describe('by how much the head lies above the base, relative (0.1 is 10 % slower)'),
      low: number.describe('95 % interval of it; null when the runs are too few for one'),
      high: number,
      p: z.number().describe('Mann-Whitney, two-sided, corrected by Holm over the measures'),
      noise: number.describe('coefficient of variation of the noisier side'),
      floor: number.describe('relative shift between halves of the base, 95 % of the time below it'),
      detectable: number.describe('smallest shift that these runs find with power 0.8; null when none'),
      base: z.array(z.number()),
      head: z.array(z.number()),
    })
    .nullable()
    .describe('what a baseline check went by'),
})
export type Check = z.infer<typeof checkSchema>

const scenarioRunSchema = z.object({
  scenario: z.string(),
  summary: z.string(),
  verdict: verdictSchema,
  problems: z.array(z.string()).describe('why the run as a whole proves nothing; empty when it does'),
  checks: z.array(checkSchema),
  load: loadResultSchema.nullable().describe('what the clients counted; null when no load ended'),
  charts: z.array(chartSchema),
})
export type ScenarioRun = z.infer<typeof scenarioRunSchema>

export const gateResultSchema = z
  .object({
    schema: z.literal('petrel.gate/1'),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    verdict: verdictSchema,
    exitCode: z.number().int(),
    partial: z.boolean().describe('it was interrupted, or could not begin: what is missing is in notRun'),
    suite: z.string(),
    target: z.string().describe('address, or that of a server that was started for each scenario'),
    environment: z.record(z.string(), z.string()).describe('versions and machine, as "k6" → "2.2.0"'),
    leftOut: z.array(z.string()).describe('checks that could not be made, and why'),
    notRun: z.array(z.string()).describe('scenarios that were asked for and not played to their end'),
    runs: z.array(scenarioRunSchema),
  })
  .describe('Result of `petrel gate`')
export type GateResult = z.infer<typeof gateResultSchema>
