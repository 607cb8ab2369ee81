/** Average of at least one value. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The value below which the share `q` (0 to 1) of all lies, interpolated between neighbours. NaN without any. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * q
  const below = Math.floor(place)
  const lower = sorted[below] ?? Number.NaN
  const upper = sorted[below + 1] ?? lower
  return lower + (upper - lower) * (place - below)
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Of a sample (n − 1); 0 for fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0
  const centre = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}

/** Standard deviation ÷ |average|: how noisy a measure is, without its unit. NaN around an average of zero. */
export const coefficientOfVariation = (values: readonly number[]): number =>
  standardDeviation(values) / Math.abs(mean(values))
