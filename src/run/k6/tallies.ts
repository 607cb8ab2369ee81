import { z } from 'zod'
import {
  CURVE_COUNTS,
  type CurveCount,
  type Distribution,
  TALLY_MARK,
  type Tally,
  type TallyWindow,
} from '#catalog'

const count = z.number().int().nonnegative()
const distributionSchema = z.record(z.string().regex(/^\d+(\.\d+)?$/), count)
const tallySchema = z.object({
  from: z.number().int(),
  windowMs: z.number().int().positive(),
  windows: z.record(
    z.string().regex(/^\d+$/),
    z.object({
      counts: z.partialRecord(z.enum(CURVE_COUNTS), count),
      closes: z.record(z.string(), count),
      times: z.record(z.string(), distributionSchema),
    }),
  ),
  trends: z.record(z.string(), distributionSchema),
})

/** The tallies in what k6 printed; lines that are none, or were cut off, are passed over. */
export function readTallies(text: string): Tally[] {
  return text.split('\n').flatMap(line => {
    const start = line.indexOf(TALLY_MARK)
    if (start < 0) return []
    try {
      return [tallySchema.parse(JSON.parse(line.slice(start + TALLY_MARK.length))) as Tally]
    } catch {
      return []
    }
  })
}

/** One tally of all VUs, whichever generator they belong to; nothing when there is none. Pure. */
export function mergeTallies(tallies: readonly Tally[]): Tally | undefined {
  const [first] = tallies
  if (!first) return undefined
  const merged: Tally = { from: first.from, windowMs: first.windowMs, windows: {}, trends: {} }
  for (const { windows, trends } of tallies) {
    addAll(merged.trends, trends)
    for (const [number, window] of Object.entries(windows)) {
      merged.windows[number] ??= { counts: {}, closes: {}, times: {} }
      addWindow(merged.windows[number], window)
    }
  }
  return merged
}

function addWindow(sum: TallyWindow, { counts, closes, times }: TallyWindow): void {
  for (const [what, number] of Object.entries(counts) as [CurveCount, number][]) {
    sum.counts[what] = (sum.counts[what] ?? 0) + number
  }
  addCounts(sum.closes, closes)
  addAll(sum.times, times)
}

function addAll(sum: Record<string, Distribution>, more: Readonly<Record<string, Distribution>>): void {
  for (const [name, distribution] of Object.entries(more)) {
    sum[name] ??= {}
    addCounts(sum[name], distribution)
  }
}

function addCounts(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [key, number] of Object.entries(more)) sum[key] = (sum[key] ?? 0) + number
}

export const sizeOf = (distribution: Distribution): number =>
  Object.values(distribution).reduce((sum, number) => sum + number, 0)

/**
 * The value below which a share of the distribution lies, interpolated between neighbours as k6 does
 * (R's type 7). An empty one has none.
 */
export function quantile(distribution: Distribution, share: number): number | undefined {
  const values = Object.entries(distribution)
    .map(([value, number]) => ({ value: Number(value), number }))
    .toSorted((a, b) => a.value - b.value)
  const size = sizeOf(distribution)
  if (size === 0) return undefined
  const at = (rank: number): number => {
    let seen = 0
    for (const { value, number } of values) {
      seen += number
      if (rank < seen) return value
    }
    return values.at(-1)?.value ?? 0
  }
  const place = share * (size - 1)
  const low = at(Math.floor(place))
  return low + (at(Math.ceil(place)) - low) * (place - Math.floor(place))
}
