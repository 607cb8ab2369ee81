import { METRICS } from '#catalog'
import { type Clock, errorText } from '#core'
import type { Samples } from './samples.ts'
import { scrape } from './scrape.ts'

/** One reading, with its time in milliseconds since the Unix epoch. */
export interface Reading {
  at: number
  samples: Samples
}

/** What a server said of itself over the window of one load. */
export interface ServerWindow {
  /** Taken before the first client dialled. */
  before: Samples
  /** Taken when the crowd was gone and its sockets with it, or had time enough to be; missing when it did not answer. */
  after: Samples | undefined
  /** About one a second, for the charts. */
  readings: readonly Reading[]
  /** Why readings are missing; empty when none is. */
  problems: readonly string[]
}

const EVERY_MS = 1_000
/** Sockets of a crowd that has left are gone after this time, or they are leaked. */
const DRAIN_MS = 5_000
const LOOK_MS = 200

/** Sockets that the server holds, those that are closing among them. */
export const socketsOf = (samples: Samples) => samples.sum(METRICS.wsConnections)

/**
 * Begins to read a server's metrics; `finish` ends that, when the load is over.
 * @throws PetrelError `metrics_unreachable` when the first reading fails.
 */
export async function watchServer(
  url: string,
  clock: Pick<Clock, 'wall' | 'now'>,
  signal: AbortSignal,
): Promise<{ finish: () => Promise<ServerWindow>; [Symbol.dispose]: () => void }> {
  const before = await scrape(url, signal)
  const readings: Reading[] = [{ at: clock.wall(), samples: before }]
  const problems: string[] = []
  let reading: Promise<void> | undefined
  const read = async () => {
    try {
      const samples = await scrape(url, signal)
      readings.push({ at: clock.wall(), samples })
    } catch (error) {
      if (problems.length === 0)
        problems.push(`the server's metrics were missing midway: ${errorText(error)}`)
    }
  }
  const timer = setInterval(() => {
    // One that takes long is waited for, not overtaken.
    reading ??= read().finally(() => {
      reading = undefined
    })
  }, EVERY_MS)

  async function settled(): Promise<Samples | undefined> {
    const deadline = clock.now() + DRAIN_MS
    for (;;) {
      const samples = await scrape(url, signal).catch(() => undefined)
      if (samples === undefined || socketsOf(samples) <= socketsOf(before) || clock.now() >= deadline) {
        return samples
      }
      await new Promise(later => setTimeout(later, LOOK_MS))
    }
  }

  return {
    async finish() {
      clearInterval(timer)
      await reading
      const after = await settled()
      if (after === undefined) problems.push(`the server's metrics at ${url} are gone after the load`)
      else readings.push({ at: clock.wall(), samples: after })
      return { before, after, readings, problems }
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
