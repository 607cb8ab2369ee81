import { z } from 'zod'

const epochMs = z.number().int().describe('milliseconds since the Unix epoch')

export const seriesSchema = z.object({
  name: z.string(),
  unit: z.string().describe('as "per second" or "share"'),
  points: z.array(z.tuple([epochMs, z.number().nullable()])),
})
export type Series = z.infer<typeof seriesSchema>

export const chartSchema = z.object({ title: z.string(), unit: z.string(), series: z.array(seriesSchema) })
export type Chart = z.infer<typeof chartSchema>
