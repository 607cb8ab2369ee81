import type { Series } from '#report'
import type { LoadResult } from '#run'

type Point = NonNullable<LoadResult['curves']>['points'][number]
type Percentiles = Point['connectMs']

const PER_SECOND = 'per second'

/** The clients' end over time, window by window. A load that told no course in time has no series. */
export function clientSeries({ curves }: Pick<LoadResult, 'curves'>) {
  const points = curves?.points ?? []
  const windowMs = curves?.windowMs ?? 1_000
  const series = (name: string, unit: string, of: (point: Point) => number | null): Series[] =>
    // A window is known when it is over, as a reading of the server is.
    points.length === 0
      ? []
      : [{ name: `${name} (clients)`, unit, points: points.map(point => [point.at + windowMs, of(point)]) }]
  const rate = (name: string, of: (point: Point) => number) =>
    series(name, PER_SECOND, point => (of(point) * 1_000) / windowMs)
  return {
    rate,
    level: (name: string, of: (point: Point) => number) => series(name, 'open', of),
    closes: () =>
      [...new Set(points.flatMap(point => Object.keys(point.closes)))]
        .toSorted()
        .flatMap(how => rate(how, point => point.closes[how] ?? 0)),
    percentiles: (of: (point: Point) => Percentiles) =>
      points.some(point => of(point) !== null)
        ? (['p50', 'p95', 'p99'] as const).flatMap(key =>
            series(key, 'ms', point => of(point)?.[key] ?? null),
          )
        : [],
    /** Of the streams that were lost so far, those that had a useful frame again. */
    recovery: () =>
      points.some(({ lost }) => lost > 0)
        ? series('back', 'share', ({ lost, back }) => (lost === 0 ? null : back / lost))
        : [],
  }
}
