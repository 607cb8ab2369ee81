import type { Metric } from '#catalog'
import type { Series } from '#report'
import type { Samples, Selection } from './samples.ts'
import type { Reading } from './watch-server.ts'

const PER_SECOND = 'per second'

/** The server's end over time, from one reading to the next. Without readings it has no series. */
export function serverSeries(readings: readonly Reading[]) {
  const isThere = readings.length > 1
  const series = (name: string, unit: string, points: Series['points']): Series[] =>
    isThere ? [{ name: `${name} (server)`, unit, points }] : []
  return {
    level: (name: string, of: (samples: Samples) => number) =>
      series(
        name,
        'open',
        readings.map(({ at, samples }) => [at, of(samples)]),
      ),
    rate: (name: string, count: (samples: Samples) => number) =>
      series(
        name,
        PER_SECOND,
        readings.slice(1).map((reading, index) => {
          const last = readings[index] as Reading
          const seconds = (reading.at - last.at) / 1_000
          const grown = count(reading.samples) - count(last.samples)
          // A counter that went back belongs to another process.
          return [reading.at, seconds > 0 && grown >= 0 ? grown / seconds : null]
        }),
      ),
    /** Of what was measured between two readings; null where nothing was. */
    p95: <Label extends string>(metric: Metric<Label>, where?: Selection<Label>): Series[] => {
      if (readings.length < 2 || !readings.every(({ samples }) => samples.has(`${metric.name}_bucket`)))
        return []
      const points = readings.slice(1).map((reading, index): [number, number | null] => {
        const last = readings[index] as Reading
        const grown = (le: string) => {
          const bucket = { name: `${metric.name}_bucket` }
          const selection = { ...where, le } as Selection
          return reading.samples.sum(bucket, selection) - last.samples.sum(bucket, selection)
        }
        const seconds = bucketQuantile(metric.buckets ?? [], grown, 0.95)
        return [reading.at, seconds === undefined ? null : seconds * 1_000]
      })
      return [{ name: 'p95 (server)', unit: 'ms', points }]
    },
  }
}

/** As `histogram_quantile` of Prometheus: even within a bucket; beyond the last bound it is that bound. */
function bucketQuantile(
  bounds: readonly number[],
  upTo: (le: string) => number,
  share: number,
): number | undefined {
  const all = upTo('+Inf')
  if (!(all > 0)) return undefined
  const wanted = share * all
  let [low, below] = [0, 0]
  for (const bound of bounds) {
    const count = upTo(String(bound))
    if (count >= wanted)
      return low + (bound - low) * ((wanted - below) / Math.max(count - below, Number.EPSILON))
    low = bound
    below = count
  }
  return low
}
