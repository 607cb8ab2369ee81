/** Begins the line that each VU of k6 writes at its end; what follows is a `Tally` as JSON. */
export const TALLY_MARK = 'petrel-tally '

/**
 * How often each value came, by the value to three digits: exact below 1000, within 0.5 % above. Unlike percentiles,
 * those of several generators can be added.
 */
export type Distribution = Record<string, number>

export const bucketOf = (value: number): string => String(Number(value.toPrecision(3)))

/** What is counted window by window, beside closes. */
export const CURVE_COUNTS = ['accepted', 'refused', 'usable', 'reconnects', 'frames', 'lost', 'back'] as const
export type CurveCount = (typeof CURVE_COUNTS)[number]

/** Times of which each window has a distribution. */
export const CURVE_TIMES = ['petrel_connect_ms', 'petrel_first_message_ms'] as const

/** What one window saw; what did not happen in it is left out. */
export interface TallyWindow {
  counts: Partial<Record<CurveCount, number>>
  /** Ends of open connections by class of their close code; `left` where the client was the one who left. */
  closes: Record<string, number>
  times: Record<string, Distribution>
}

/** What one VU saw of its share of the crowd. */
export interface Tally {
  /** When the first window begins, in milliseconds since the Unix epoch. */
  from: number
  windowMs: number
  /** By number; those in which nothing happened are left out. */
  windows: Record<string, TallyWindow>
  /** Distributions by k6's name of the metric or sub-metric, as `petrel_connect_ms{phase:fault}`. */
  trends: Record<string, Distribution>
}

const LEAST_WINDOW_MS = 1_000
/** A soak of hours has wider windows: no chart shows more. */
const MOST_WINDOWS = 300

/** Length of the windows of a run, in whole seconds. */
export const windowLength = (runMs: number): number =>
  Math.max(LEAST_WINDOW_MS, Math.ceil(runMs / MOST_WINDOWS / 1_000) * 1_000)
