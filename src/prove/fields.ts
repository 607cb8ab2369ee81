import { z } from 'zod'
import { verdictSchema } from '#report'

export const epochMs = z.number().int().describe('milliseconds since the Unix epoch')
export const severitySchema = z.enum(['critical', 'warning'])

/** What the result of a demo and of a proof both begin with. */
export const runFields = {
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  verdict: verdictSchema,
  exitCode: z.number().int(),
  failures: z.array(z.string()).describe('what did not hold or is not proven, one sentence each'),
  environment: z.record(z.string(), z.string()).describe('versions and machine, as "k6" → "2.2.0"'),
}
