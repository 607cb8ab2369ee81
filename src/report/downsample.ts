export type Point = readonly [number, number | null]

/**
 * At most about `most` points that keep what a person looks for: the lowest and the highest value of each bucket,
 * in their order, and every gap (a null) of more than a bucket's edge.
 */
export function downsample(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points
  const size = Math.ceil((points.length * 2) / most)
  const kept: Point[] = []
  for (let start = 0; start < points.length; start += size) {
    const bucket = points.slice(start, start + size)
    const measured = bucket.filter((point): point is readonly [number, number] => point[1] !== null)
    if (measured.length < bucket.length) {
      const gap = bucket.find(([, value]) => value === null)
      if (gap) kept.push(gap)
    }
    if (measured.length === 0) continue
    const low = measured.reduce((a, b) => (b[1] < a[1] ? b : a))
    const high = measured.reduce((a, b) => (b[1] > a[1] ? b : a))
    kept.push(...(low === high ? [low] : [low, high]))
  }
  return kept.toSorted((a, b) => a[0] - b[0])
}
