import { z } from 'zod'
import type { Distribution, Tally } from '#catalog'
import { quantile, sizeOf } from './tallies.ts'

const count = z.number().int().nonnegative()
const percentilesSchema = z
  .object({ p50: z.number(), p95: z.number(), p99: z.number() })
  .nullable()
  .describe('milliseconds; null when nothing was measured')

const pointSchema = z.object({
  at: z.number().int().describe('begin of the window, in milliseconds since the Unix epoch'),
  accepted: count.describe('handshakes answered with 101'),
  refused: count.describe('handshakes that failed in any way'),
  usable: count.describe('sessions that ended after they had been usable'),
  reconnects: count,
  frames: count,
  open: z.number().int().describe('connections that are open at the end of the window'),
  lost: count.describe('streams that were lost, from the beginning to the end of the window'),
  back: count.describe('those that had a useful frame again'),
  closes: z.record(z.string(), count).describe('ended connections by class of their code, or "left"'),
  connectMs: percentilesSchema,
  firstMessageMs: percentilesSchema,
})

export const curvesSchema = z
  .object({ windowMs: z.number().int().positive(), points: z.array(pointSchema) })
  .nullable()
  .describe('the course in time, window by window; null when the generator did not tell it')
export type Curves = z.infer<typeof curvesSchema>

/** The course in time of all clients, without a gap where nothing happened. Pure. */
export function curvesOf(tally: Tally | undefined): Curves {
  if (tally === undefined) return null
  const { from, windowMs, windows } = tally
  const last = Math.max(-1, ...Object.keys(windows).map(Number))
  let [open, lost, back] = [0, 0, 0]
  const points = Array.from({ length: last + 1 }, (_, number) => {
    const { counts, closes, times } = windows[number] ?? { counts: {}, closes: {}, times: {} }
    const { accepted = 0, refused = 0, usable = 0, reconnects = 0, frames = 0 } = counts
    open += accepted - sizeOf(closes)
    lost += counts.lost ?? 0
    back += counts.back ?? 0
    return {
      at: from + number * windowMs,
      ...{ accepted, refused, usable, reconnects, frames, open, lost, back, closes },
      connectMs: percentiles(times.petrel_connect_ms),
      firstMessageMs: percentiles(times.petrel_first_message_ms),
    }
  })
  return { windowMs, points }
}

function percentiles(distribution: Distribution = {}) {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(share => quantile(distribution, share))
  return p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 }
}
