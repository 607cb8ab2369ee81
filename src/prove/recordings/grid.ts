import type { PromSeries } from '#run'
import type { RecordedSample, RecordedSeries } from './recording.ts'

/** Time between two samples of a recording. */
export const STEP_MS = 1_000

/**
 * Puts raw samples on a grid of seconds, each where it is nearest; of two in one second the later stays. Where a
 * series ceased while its target (`up`) was still asked, Prometheus had marked it stale; where nothing was asked it
 * had not.
 */
export function onGrid(series: readonly PromSeries[], startsAt: number, length: number): RecordedSeries[] {
  const firsts = new Map<string, number>()
  for (const { labels, points } of series) {
    const first = Math.min(...points.map(([time]) => time))
    firsts.set(targetOf(labels), Math.min(first, firsts.get(targetOf(labels)) ?? first))
  }
  const gridded = series.map(({ labels, points }) => {
    // Each target is scraped at a moment of its own: what jitters about it stays in its second.
    const first = firsts.get(targetOf(labels)) ?? startsAt
    const offset = Math.round((first - startsAt) / STEP_MS)
    const at = (time: number) => offset + Math.round((time - first) / STEP_MS)
    return { labels, values: placed(points, at, length) }
  })
  const asked = new Map<string, readonly (number | null)[]>()
  for (const { labels, values } of gridded) if (labels.__name__ === 'up') asked.set(targetOf(labels), values)
  return gridded
    .map(({ labels: { __name__: name = '', ...labels }, values }) => ({
      name,
      labels,
      values: withStaleMarks(values, asked.get(targetOf(labels)) ?? []),
    }))
    .toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)))
}

const targetOf = ({ job, instance }: Readonly<Record<string, string>>) => `${job} ${instance}`
const keyOf = ({ name, labels }: Pick<RecordedSeries, 'name' | 'labels'>) =>
  `${name} ${JSON.stringify(labels)}`

function placed(
  points: PromSeries['points'],
  at: (time: number) => number,
  length: number,
): (number | null)[] {
  const values = Array.from<number | null>({ length }).fill(null)
  for (const [time, value] of points) {
    const index = at(time)
    if (index >= 0 && index < length) values[index] = value
  }
  return values
}

function withStaleMarks(
  values: readonly (number | null)[],
  up: readonly (number | null)[],
): RecordedSample[] {
  return values.map((value, index) => {
    if (value !== null) return written(value)
    const before = values[index - 1]
    const isGone = before !== undefined && before !== null && typeof up[index] === 'number'
    return isGone ? 'stale' : null
  })
}

/** JSON has no word for what is no finite number. */
function written(value: number): RecordedSample {
  if (Number.isNaN(value)) return 'NaN'
  if (Number.isFinite(value)) return value
  return value > 0 ? '+Inf' : '-Inf'
}
