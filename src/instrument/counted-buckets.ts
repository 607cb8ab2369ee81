import type { Histogram } from 'prom-client'

/** What prom-client keeps of one label set (lib/histogram.js, `createBaseValues`); it has no other way in for sums. */
interface Kept {
  labels: Readonly<Record<string, string>>
  bucketValues: Record<string, number>
  sum: number
  count: number
}

/**
 * Counts into the buckets of one label set without prom-client, which hashes the labels of each value, a microsecond a
 * piece. `flush` hands on what was counted.
 */
export function countedBuckets(histogram: Histogram, labels: Readonly<Record<string, string>>) {
  const inside = histogram as unknown as {
    upperBounds: readonly number[]
    hashMap: Record<string, Kept>
  }
  const { upperBounds } = inside
  const names = Object.keys(labels)
  const isThis = (kept: Kept) => names.every(name => kept.labels[name] === labels[name])
  const counts = new Uint32Array(upperBounds.length + 1)
  let sum = 0
  let count = 0

  function observe(value: number): void {
    let at = 0
    while (at < upperBounds.length && value > (upperBounds[at] ?? 0)) at += 1
    counts[at] = (counts[at] ?? 0) + 1
    sum += value
    count += 1
  }

  /** Looked for each time: `resetMetrics()` of the registry throws away what was there. */
  const keptNow = (): Kept | undefined => Object.values(inside.hashMap).find(isThis)

  const flush = (): void => {
    if (count === 0) return
    if (!keptNow()) histogram.zero(labels)
    const kept = keptNow() as Kept
    for (const [at, bound] of upperBounds.entries()) {
      kept.bucketValues[bound] = (kept.bucketValues[bound] ?? 0) + (counts[at] ?? 0)
    }
    kept.sum += sum
    kept.count += count
    counts.fill(0)
    sum = 0
    count = 0
  }

  return { observe, flush }
}
