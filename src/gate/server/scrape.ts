import { METRICS } from '#catalog'
import { errorText, PetrelError } from '#core'
import { parseSamples, type Samples } from './samples.ts'

const LIMIT_MS = 5_000
/** A page of metrics is far smaller; what is longer is something else. */
const MOST_BYTES = 20_000_000

/** What the joined checks read. A server that lacks one of them is of another version, or not measured by us. */
const NEEDED = [
  METRICS.wsHandshakesTotal,
  METRICS.wsSessionsTotal,
  METRICS.wsConnections,
  METRICS.wsSendsTotal,
  METRICS.wsSendAfterCloseTotal,
] as const

/**
 * Reads a server's metrics once.
 * @throws PetrelError `metrics_unreachable` when nothing answers or the answer is no page of metrics.
 */
export async function scrape(url: string, signal: AbortSignal): Promise<Samples> {
  const fail = (why: string) =>
    new PetrelError('metrics_unreachable', `no metrics at ${url}: ${why}`, {
      hint: 'give the address of the metrics page, as http://127.0.0.1:8080/metrics, or leave --metrics away',
    })
  let text: string
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
      headers: { accept: 'text/plain;version=0.0.4' },
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw fail(`it answers ${response.status}`)
    }
    text = await limited(response, fail)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof PetrelError) throw error
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw fail(errorText(cause))
  }
  try {
    return parseSamples(text)
  } catch (error) {
    throw fail(errorText(error))
  }
}

async function limited(response: Response, fail: (why: string) => Error): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MOST_BYTES) throw fail(`it sends more than ${MOST_BYTES} bytes`)
  }
  return text
}

/** Names of our metrics that a page lacks and the joined checks need. */
export function missingMetrics(samples: Samples): string[] {
  return NEEDED.map(({ name }) => name).filter(name => !samples.has(name))
}
