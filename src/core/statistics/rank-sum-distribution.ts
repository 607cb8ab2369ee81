const known = new Map<string, readonly number[]>()

/**
 * Probability that U of two samples of `n` and `m` values without ties, drawn from one distribution, is at most
 * `index`; by the recursion of Mann and Whitney (1947), as a table over all n·m + 1 values of U.
 */
export function rankSumDistribution(n: number, m: number): readonly number[] {
  const key = `${n},${m}`
  const found = known.get(key)
  if (found) return found
  // Coefficients of the Gaussian binomial: ∏ (1 − q^(m+i)) ÷ (1 − q^i), one factor after the other.
  const size = n * m
  const ways: number[] = Array(size + 1).fill(0)
  ways[0] = 1
  for (let i = 1; i <= n; i += 1) {
    for (let u = size; u >= m + i; u -= 1) ways[u] = at(ways, u) - at(ways, u - m - i)
    for (let u = i; u <= size; u += 1) ways[u] = at(ways, u) + at(ways, u - i)
  }
  const all = ways.reduce((sum, count) => sum + count, 0)
  let below = 0
  const table = ways.map(count => {
    below += count
    return below / all
  })
  known.set(key, table)
  return table
}

const at = (values: readonly number[], index: number) => values[index] ?? 0
