import { z } from 'zod'
import { verdictSchema } from '#report'
import { epochMs, runFields, severitySchema } from '../fields.ts'

const seconds = z.number().nullable()
const count = z.number().int().nonnegative()
const figureSchema = z.object({
  measured: seconds.describe('seconds to the delivered notification; null when none came'),
  predicted: seconds.describe('by the traffic that the server counted; null where nothing is predicted'),
  allowed: z.number(),
})

/** One alert at one severity in one drill: a cell of the matrix. */
const proofCellSchema = z.object({
  alert: z.string(),
  severity: severitySchema,
  expected: z.enum(['fire', 'silent', 'either']),
  momentary: z.boolean().describe('what it reads was over at once: its times are counted from there'),
  reason: z.string().describe('why nobody cares; empty where somebody does'),
  observed: z.enum(['fired', 'fired_at_another_time', 'silent']),
  falsePositives: count.describe('firings for which there was no reason'),
  detect: figureSchema.describe('from the start of the fault'),
  resolve: figureSchema.describe('from the end of the fault'),
  verdict: verdictSchema,
  note: z.string().describe('why it did not hold; empty when it did'),
})
export type ProofCell = z.infer<typeof proofCellSchema>

/** One drill, played once. */
const proofRunSchema = z.object({
  run: count.describe('which repetition, from 1'),
  drill: z.string(),
  scenario: z.string(),
  when: z.string().describe('what was done to the servers; empty when nothing was'),
  job: z.string().describe('its job in Prometheus'),
  warmupFrom: epochMs,
  fault: z.object({ from: epochMs, to: epochMs }).describe('when it really was'),
  recoveryTo: epochMs,
  plays: count.describe('how often it was played until it proved something'),
  problems: z.array(z.string()).describe('why it is not proven; empty when it is'),
  violations: z.array(z.string()).describe('what did not hold beside its alerts'),
  cells: z.array(proofCellSchema),
})
export type ProofRun = z.infer<typeof proofRunSchema>

const scoreSchema = z.object({
  severity: z.enum(['all', 'critical', 'warning']),
  truePositives: count,
  falsePositives: count,
  falseNegatives: count,
  trueNegatives: count,
  notCared: count.describe('cells in which the alert may fire or not'),
  notProven: count,
  precision: z
    .number()
    .nullable()
    .describe('of those that fired, the share that had to; null when none fired'),
  recall: z
    .number()
    .nullable()
    .describe('of those that had to fire, the share that did; null when none had to'),
})
export type Score = z.infer<typeof scoreSchema>

/** What all runs together say of one alert at one severity. */
const alertProofSchema = z.object({
  alert: z.string(),
  severity: severitySchema,
  firedIn: z.array(z.string()).describe('drills in which it had to fire, and did'),
  silentCells: count.describe('cells in which it had to stay silent, and did'),
  provenAt: epochMs.nullable().describe('when it was last seen to fire and resolve as it should'),
  detect: figureSchema.describe('the slowest'),
  resolve: figureSchema.describe('the slowest'),
  verdict: verdictSchema,
})
export type AlertProof = z.infer<typeof alertProofSchema>

export const proofResultSchema = z
  .object({
    schema: z.literal('petrel.proof/1'),
    ...runFields,
    suite: z.enum(['ci', 'full', 'chosen']),
    scores: z.array(scoreSchema),
    alerts: z.array(alertProofSchema),
    runs: z.array(proofRunSchema),
    panels: z
      .object({
        queries: count.describe('of all boards'),
        still: z.array(z.string()).describe('panels that stand still in all drills, rightly'),
        dead: z.array(z.string()).describe('panels that showed nothing or never moved, one sentence each'),
      })
      .nullable()
      .describe('null where the panels were not asked'),
    runbooks: z
      .object({
        queries: count.describe('of the runbooks of all alerts that had to fire'),
        stale: z.array(z.string()).describe('queries that were refused or had no data, one sentence each'),
      })
      .describe('what the runbooks ask, asked in the drills that fire their alerts'),
  })
  .describe('Result of `petrel prove`')
export type ProofResult = z.infer<typeof proofResultSchema>
