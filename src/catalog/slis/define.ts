import type { Metric } from '../metrics/define.ts'

/** Label values that a sample must have. */
export type Where<Label extends string = string> = Readonly<Partial<Record<Label, string>>>

/** A service level indicator: bad events ÷ all events of one counter, aggregated by `job`. */
export interface Sli {
  /** Part of rule names, as `session` in `job:ws_session_errors:ratio_rate1m`. */
  name: string
  summary: string
  metric: Metric
  /** Selects the bad events. */
  bad: Where
  /** Share of good events to reach, 0 to 1, over `objectiveWindow`. */
  objective: number
  objectiveWindow: string
}

export function defineSli<const Label extends string>(
  sli: Omit<Sli, 'metric' | 'bad'> & { metric: Metric<Label>; bad: Where<Label> },
): Sli {
  return sli as Sli
}
