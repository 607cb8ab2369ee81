/** Stands for each route template that the owner of a server attaches, as `/api/v1/ws/{taskId}`. */
export const EACH_ROUTE = '{route}'

/** One metric, as every part of Petrel knows it. */
export interface Metric<Label extends string = string> {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  /** One sentence, with what one unit of it is. */
  help: string
  labels: readonly Label[]
  /**
   * The legal combinations of label values, never the cross product. All exist from start-up, at zero,
   * so that a ratio over them is a number. `EACH_ROUTE` stands for the routes of the server.
   */
  tuples: readonly Readonly<Record<Label, string>>[]
  /** Upper bounds of a histogram, in the unit of the metric's name. */
  buckets?: readonly number[]
}

/** Keeps the label names as a type, so that a selector with an unknown label does not compile. */
export function defineMetric<const Label extends string>(metric: Metric<Label>): Metric<Label> {
  return metric
}

/** One label with its closed set, as tuples. */
export function eachOf<const Label extends string>(
  label: Label,
  values: readonly string[],
): readonly Record<Label, string>[] {
  return values.map(value => ({ [label]: value }) as Record<Label, string>)
}
