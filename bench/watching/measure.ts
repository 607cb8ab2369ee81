import { median } from '#core'
import { type PanelQuery, panelQueries } from '#dashboards'

/** What Grafana asks for six hours on a panel of some 700 pixels, scraped every 15 s. */
const RANGE_SECONDS = 6 * 3_600
const STEP_SECONDS = 30
const RATE_INTERVAL = '1m'
const ROUNDS = 5

export interface QueryCost extends PanelQuery {
  /** Median of the rounds, in milliseconds, with the transfer of the answer. */
  milliseconds: number
  series: number
}

/** Asks every query of every board over six hours to `to` (seconds since the Unix epoch), the dearest first. */
export async function queryCosts(
  url: string,
  to: number,
  fill: (expr: string, rateInterval: string) => string,
  signal: AbortSignal,
): Promise<QueryCost[]> {
  const queries = panelQueries()
  const times = queries.map((): number[] => [])
  const series = queries.map(() => 0)
  // In turn: what a busy machine adds for a moment does not fall on all rounds of one query. The first finds cold pages.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, query] of queries.entries()) {
      const parameters = new URLSearchParams({
        query: fill(query.expr, RATE_INTERVAL),
        start: String(to - RANGE_SECONDS),
        end: String(to),
        step: String(STEP_SECONDS),
      })
      const began = performance.now()
      const response = await fetch(`${url}/api/v1/query_range?${parameters}`, { signal })
      const text = await response.text()
      if (round > 0) times[index]?.push(performance.now() - began)
      if (!response.ok) throw new Error(`${query.panel}: ${text.slice(0, 300)}`)
      series[index] = (JSON.parse(text) as { data: { result: unknown[] } }).data.result.length
    }
  }
  return queries
    .map((query, index) => ({
      ...query,
      milliseconds: median(times[index] ?? []),
      series: series[index] ?? 0,
    }))
    .toSorted((a, b) => b.milliseconds - a.milliseconds)
}

export interface GroupCost {
  name: string
  rules: number
  /** Median of the cycles, in milliseconds. */
  milliseconds: number
}

interface RulesAnswer {
  data: {
    groups: {
      name: string
      evaluationTime: number
      lastEvaluation: string
      rules: { lastError?: string }[]
    }[]
  }
}

/** Watches Prometheus evaluate its rules for so many cycles. @throws Error when a rule failed. */
export async function ruleCosts(url: string, cycles: number, signal: AbortSignal): Promise<GroupCost[]> {
  const times = new Map<string, number[]>()
  const seen = new Set<string>()
  const rules = new Map<string, number>()
  const isDone = () => times.size > 0 && [...times.values()].every(all => all.length > cycles)
  while (!isDone()) {
    const answer = (await (await fetch(`${url}/api/v1/rules`, { signal })).json()) as RulesAnswer
    for (const group of answer.data.groups) {
      const error = group.rules.find(({ lastError }) => lastError)?.lastError
      if (error) throw new Error(`${group.name}: ${error}`)
      rules.set(group.name, group.rules.length)
      const cycle = `${group.name} ${group.lastEvaluation}`
      if (seen.has(cycle) || group.lastEvaluation.startsWith('0001')) continue
      seen.add(cycle)
      times.set(group.name, [...(times.get(group.name) ?? []), group.evaluationTime * 1_000])
    }
    await new Promise(later => setTimeout(later, 200))
  }
  return [...times].map(([name, all]) => ({
    name,
    rules: rules.get(name) ?? 0,
    // The first one finds cold pages.
    milliseconds: median(all.slice(1)),
  }))
}
