import { z } from 'zod'
import { errorText, PetrelError } from '#core'

const sample = z.tuple([z.number(), z.string()])
const seriesSchema = z.object({
  metric: z.record(z.string(), z.string()),
  value: sample.optional(),
  values: z.array(sample).optional(),
})
const answerSchema = z.object({
  status: z.enum(['success', 'error']),
  error: z.string().optional(),
  data: z.object({ resultType: z.string(), result: z.array(seriesSchema) }).optional(),
})

/** One series of an answer; points are [milliseconds since the Unix epoch, value]. */
export interface PromSeries {
  labels: Readonly<Record<string, string>>
  points: readonly (readonly [number, number])[]
}

export interface PrometheusClient {
  /** An instant query at a time in epoch milliseconds. A range selector gives the raw samples with their times. */
  query(expression: string, atMs: number): Promise<PromSeries[]>
  /** A range query, both ends in epoch milliseconds. */
  range(expression: string, fromMs: number, toMs: number, stepMs: number): Promise<PromSeries[]>
}

/**
 * Reads a Prometheus over its HTTP API (v1, alike in 2.x and 3.x).
 * @throws PetrelError `prometheus_failed` when it does not answer or refuses the query.
 */
export function prometheusClient(url: string, signal: AbortSignal): PrometheusClient {
  async function ask(path: string, parameters: Record<string, string>): Promise<PromSeries[]> {
    const target = `${url}/api/v1/${path}?${new URLSearchParams(parameters)}`
    let body: unknown
    try {
      const response = await fetch(target, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) })
      body = await response.json()
    } catch (cause) {
      throw new PetrelError('prometheus_failed', `Prometheus at ${url} did not answer ${path}`, {
        hint: 'it may have died: see its log, or start the command again',
        cause,
      })
    }
    const answer = answerSchema.safeParse(body)
    if (!answer.success || answer.data.status === 'error' || !answer.data.data) {
      const why = answer.success ? (answer.data.error ?? 'no data') : errorText(answer.error)
      throw new PetrelError('prometheus_failed', `Prometheus refused \`${parameters.query}\`: ${why}`)
    }
    return answer.data.data.result.map(series => ({
      labels: series.metric,
      points: (series.values ?? (series.value ? [series.value] : [])).map(
        ([time, value]) => [Math.round(time * 1_000), Number(value)] as const,
      ),
    }))
  }
  const atSeconds = (milliseconds: number) => (milliseconds / 1_000).toFixed(3)
  return {
    query: (query, at) => ask('query', { query, time: atSeconds(at) }),
    range: (query, from, to, step) =>
      ask('query_range', {
        query,
        start: atSeconds(from),
        end: atSeconds(to),
        step: atSeconds(step),
      }),
  }
}
