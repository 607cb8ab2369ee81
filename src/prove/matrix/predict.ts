import type { Selection } from '#catalog'
import { parseDuration } from '#core'
import { type AlertRule, CATALOGUE, levelOf, selectionOf } from '#dashboards'
import type { PrometheusClient } from '#run'
import { predictDetection, predictResolution, type Timing, type Traffic } from '#slo'
import { PROOF_INTERVALS } from '../expectations.ts'
import type { FaultSpan } from '../judge.ts'

/** Times of one job, in milliseconds since the Unix epoch. */
export interface JobTimes {
  warmupFrom: number
  fault: FaultSpan
  recoveryTo: number
}

export interface Predicted {
  detect: number | null
  resolve: number | null
}

/** What happens at an instant reaches the counters within a scrape. */
const SCRAPED_MS = PROOF_INTERVALS.scrape * 1_000

/**
 * Predicts when the quickest of some rules fires and resolves, from the traffic that the server of a job counted
 * before, in, and after the fault: rates that are taken to be constant in each. The alert itself is not asked.
 */
export async function predictFor(
  rules: readonly AlertRule[],
  prometheus: PrometheusClient,
  job: string,
  times: JobTimes,
): Promise<Predicted> {
  const predicted = await Promise.all(
    rules.map(async rule => {
      const traffic = await trafficOf(rule, prometheus, job, times)
      const timing: Timing = {
        for: parseDuration(rule.for) / 1_000,
        keepFiringFor: parseDuration(rule.keepFiringFor) / 1_000,
        ...PROOF_INTERVALS,
      }
      return {
        detect: predictDetection(rule.condition, traffic, timing),
        resolve: predictResolution(rule.condition, traffic, timing),
      }
    }),
  )
  const fires = predicted.filter(({ detect }) => detect !== null)
  return fires.toSorted((a, b) => (a.detect ?? 0) - (b.detect ?? 0))[0] ?? { detect: null, resolve: null }
}

async function trafficOf(
  { source, condition }: AlertRule,
  prometheus: PrometheusClient,
  job: string,
  { warmupFrom, fault, recoveryTo }: JobTimes,
): Promise<Traffic> {
  const selector = { ...CATALOGUE.selector, job }
  const first = async (expression: string, at: number) =>
    (await prometheus.query(expression, at))[0]?.points[0]?.[1] ?? 0
  /** Events a second of some selections, between two moments: from the scrape before the first to that after the last. */
  const rate = async (selections: readonly Selection[], from: number, to: number) => {
    const length = Math.max(SCRAPED_MS, to - from) / 1_000
    const range = Math.ceil(length) + 2
    const terms = selections.map(one => `sum(increase(${selectionOf(one, selector)}[${range}s]))`)
    if (terms.length === 0) return 0
    const sums = await Promise.all(terms.map(term => first(term, to + SCRAPED_MS)))
    return sums.reduce((total, value) => total + (Number.isFinite(value) ? value : 0), 0) / length
  }
  const lengths = { history: (fault.from - warmupFrom) / 1_000, fault: (fault.to - fault.from) / 1_000 }
  const none = { bad: 0, goodBefore: 0, goodDuring: 0, goodAfter: 0, ...lengths }
  if (source.kind === 'silence') return none
  if (source.kind === 'level') {
    const value = levelOf(source, undefined, { ...CATALOGUE, selector })
    const mean = (from: number, to: number) => {
      const seconds = Math.max(1, Math.floor((to - from) / 1_000))
      return first(`avg_over_time((${value})[${seconds}s:1s])`, to)
    }
    const outermost = condition.kind === 'level' && condition.window === 0 ? worstOf(condition.compare) : mean
    return {
      ...none,
      level: {
        quiet: await mean(warmupFrom + 5 * SCRAPED_MS, fault.from),
        fault: await outermost(fault.from + 2 * SCRAPED_MS, fault.to),
      },
    }

    /** Of a gauge that is taken as it stands, the worst value is what an alert sees. */
    function worstOf(compare: '>' | '<') {
      return (from: number, to: number) => {
        const seconds = Math.max(1, Math.floor((to - from) / 1_000))
        return first(`${compare === '>' ? 'max' : 'min'}_over_time((${value})[${seconds}s:1s])`, to)
      }
    }
  }
  const { bad, all } = selectionsOf(source)
  const good = async (from: number, to: number) => {
    const [whole, wrong] = await Promise.all([rate(all, from, to), badRate(from, to)])
    return Math.max(0, whole - wrong)
  }
  const badRate = async (from: number, to: number) =>
    'good' in bad
      ? Math.max(0, (await rate(all, from, to)) - (await rate(bad.good, from, to)))
      : rate(bad, from, to)
  return {
    ...none,
    bad: await badRate(fault.from, fault.to),
    goodBefore: await good(warmupFrom + SCRAPED_MS, fault.from - SCRAPED_MS),
    goodDuring: await good(fault.from, fault.to),
    goodAfter: await good(fault.to + SCRAPED_MS, Math.min(recoveryTo, fault.to + 20 * SCRAPED_MS)),
  }
}

/** What an alert on events counts as bad, and all that it counts. */
function selectionsOf(source: Extract<AlertRule['source'], { kind: 'rate' | 'burn_rate' }>): {
  bad: readonly Selection[] | { good: readonly Selection[] }
  all: readonly Selection[]
} {
  if (source.kind === 'burn_rate') return { bad: source.sli.bad, all: source.sli.total }
  const { metric, where } = source
  return { bad: where.map(one => ({ metric, where: one })), all: [{ metric, where: {} }] }
}
