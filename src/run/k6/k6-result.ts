import { z } from 'zod'
import { PHASES } from '#catalog'

/** What k6's `handleSummary` gives us, by way of `loadtests/lib/scenario.ts`. */
const k6ResultSchema = z.object({
  schema: z.literal('petrel.k6/1'),
  scenario: z.string(),
  clients: z.number(),
  segments: z.number().int().positive(),
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
