import type { Distribution, Tally } from '#catalog'
import type { K6Result } from './k6-result.ts'
import { quantile, sizeOf } from './tallies.ts'

type Values = Record<string, number>

/** What k6 calls the percentiles of a trend. */
const QUANTILES: Readonly<Record<string, number>> = { med: 0.5, 'p(95)': 0.95, 'p(99)': 0.99 }
/** Generators that begin further apart than this play another crowd than one would, in milliseconds. */
const MOST_APART_MS = 1_000

/**
 * The results of generators that played shares of one crowd, as if one had played it: counts are added, extremes
 * compared, percentiles taken from the added distributions, and every threshold judged anew on the whole. A trend
 * without a distribution has no percentiles any more: they cannot be averaged. Pure.
 * @param results at least one
 */
export function mergeResults(
  results: readonly K6Result[],
  tally: Tally | undefined,
): { result: K6Result; problems: string[] } {
  const [first] = results as readonly [K6Result, ...K6Result[]]
  const problems: string[] = []
  const starts = results.map(({ phases }) => phases.warmup.from)
  const apart = Math.max(...starts) - Math.min(...starts)
  if (apart > MOST_APART_MS) problems.push(`the generators began ${(apart / 1_000).toFixed(1)} s apart`)
  const names = new Set(results.flatMap(({ metrics }) => Object.keys(metrics)))
  const metrics: K6Result['metrics'] = {}
  for (const name of names) {
    const parts = results.flatMap(({ metrics: own }) => (own[name] ? [own[name]] : []))
    const { values, problem } = mergeValues(
      parts.map(part => part.values),
      tally?.trends[name],
    )
    if (problem !== undefined) problems.push(`${name}: ${problem}`)
    const expressions = new Set(parts.flatMap(({ thresholds }) => Object.keys(thresholds ?? {})))
    metrics[name] = {
      values,
      thresholds: Object.fromEntries(
        [...expressions].map(expression => [expression, { ok: holds(expression, values) }]),
      ),
    }
  }
  return { result: { ...first, metrics }, problems }
}

function mergeValues(
  parts: readonly Readonly<Values>[],
  distribution: Distribution | undefined,
): { values: Values; problem?: string } {
  const filled = parts.filter(values => !('max' in values) || (values.count ?? 0) > 0)
  const each = (key: string) => filled.flatMap(values => (values[key] === undefined ? [] : [values[key]]))
  const sum = (key: string) => each(key).reduce((all, value) => all + value, 0)
  const isTrend = parts.some(values => 'max' in values)
  if (!isTrend) {
    const keys = new Set(parts.flatMap(values => Object.keys(values)))
    // The rate of a counter adds up; that of a share does not, and comes of its counts.
    const values = Object.fromEntries([...keys].map(key => [key, sum(key)]))
    if ('passes' in values && 'fails' in values) {
      const { passes = 0, fails = 0 } = values
      values.rate = passes + fails === 0 ? 0 : passes / (passes + fails)
    }
    return { values }
  }
  const count = sum('count')
  if (count === 0) return { values: { count: 0 } }
  const values: Values = {
    count,
    min: Math.min(...each('min')),
    max: Math.max(...each('max')),
    avg: filled.reduce((all, one) => all + (one.avg ?? 0) * (one.count ?? 0), 0) / count,
  }
  if (distribution === undefined) return { values }
  const size = sizeOf(distribution)
  if (size !== count) return { values, problem: `k6 counted ${count} values, its VUs told of ${size}` }
  for (const [key, share] of Object.entries(QUANTILES)) values[key] = quantile(distribution, share) ?? 0
  return { values }
}

/** A threshold of k6's, as `count>=6`, `max<1000` or `p(95)<500`; one of what was never measured holds, as in k6. */
function holds(expression: string, values: Readonly<Values>): boolean {
  const [, key = '', comparison = '', limit = ''] =
    /^(\S+?)\s*(>=|<=|==|!=|<|>)\s*(\S+)$/.exec(expression) ?? []
  const value = values[key]
  const than = Number(limit)
  if (value === undefined) return true
  if (comparison === '>=') return value >= than
  if (comparison === '<=') return value <= than
  if (comparison === '==') return value === than
  if (comparison === '!=') return value !== than
  return comparison === '<' ? value < than : value > than
}
