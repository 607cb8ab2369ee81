import {
  bucketOf,
  CURVE_TIMES,
  type CurveCount,
  type Distribution,
  TALLY_MARK,
  type Tally,
  type TallyWindow,
  windowLength,
} from '../../src/catalog/load/tally.ts'
import { type CloseCodeClass, closeCodeClass } from '../../src/protocol/close-codes.ts'

/** k6's summary has neither a course in time nor distributions that can be added: each VU keeps its own. */
const kept: Tally = { from: 0, windowMs: 1_000, windows: {}, trends: {} }

const windowOf = (now: number): TallyWindow => {
  const number = Math.max(0, Math.floor((now - kept.from) / kept.windowMs))
  kept.windows[number] ??= { counts: {}, closes: {}, times: {} }
  return kept.windows[number]
}

function note(into: Record<string, Distribution>, name: string, value: number): void {
  into[name] ??= {}
  const bucket = bucketOf(value)
  into[name][bucket] = (into[name][bucket] ?? 0) + 1
}

export const tally = {
  begin(from: number, to: number): void {
    kept.from = from
    kept.windowMs = windowLength(to - from)
  },
  count(what: CurveCount): void {
    const { counts } = windowOf(Date.now())
    counts[what] = (counts[what] ?? 0) + 1
  },
  /** A connection that was open has ended; `left` when its client began that. */
  closed(code: number | undefined, left: boolean): void {
    const { closes } = windowOf(Date.now())
    const how: CloseCodeClass | 'left' = left ? 'left' : closeCodeClass(code ?? 1006)
    closes[how] = (closes[how] ?? 0) + 1
  },
  /** One value of a trend of k6's. */
  value(metric: string, phase: string | undefined, value: number): void {
    note(kept.trends, phase === undefined ? metric : `${metric}{phase:${phase}}`, value)
    if ((CURVE_TIMES as readonly string[]).includes(metric)) note(windowOf(Date.now()).times, metric, value)
  },
  /** Everything, as one line of k6's console. */
  line: (): string => `${TALLY_MARK}${JSON.stringify(kept)}`,
}
