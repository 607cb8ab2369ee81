import type { Metric } from '../metrics/define.ts'

/** Label values that a sample must have. */
export type Where<Label extends string = string> = Readonly<Partial<Record<Label, string>>>

/** Samples of one counter, or of one part of a histogram. */
export interface Selection {
  metric: Metric
  where: Where
  /** Of a histogram: all its observations, or those up to this bound, as Prometheus writes the bound. */
  part?: 'count' | { le: string }
}

/** A service level indicator: bad events ÷ all events, aggregated by `job`. */
export interface Sli {
  /** Part of rule names, as `session` in `job:ws_session_errors:ratio_rate1m`. */
  name: string
  summary: string
  /** Bad events: the sum of these, or what is left of `total` without the good ones. */
  bad: readonly Selection[] | { good: readonly Selection[] }
  /** All events: the sum of these. */
  total: readonly Selection[]
  /** Good events, where they are far fewer series than the bad ones: boards then read these. */
  good?: readonly Selection[]
  /** Share of good events to reach, 0 to 1, over `objectiveWindow`. */
  objective: number
  objectiveWindow: string
}

/** Keeps the label names as a type, so that a selection with an unknown label does not compile. */
export function select<const Label extends string>(
  metric: Metric<Label>,
  where?: Where<Label>,
  part?: Selection['part'],
): Selection {
  return { metric: metric as Metric, where: where ?? {}, ...(part === undefined ? {} : { part }) }
}

export function defineSli(sli: Sli): Sli {
  return sli
}
