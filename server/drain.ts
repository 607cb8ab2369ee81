import type { Clock, Random } from '#core'
import { type Instruments, METRICS } from '#instrument'
import type { StreamSession } from './stream/stream-session.ts'

export interface DrainOptions {
  sessions: ReadonlySet<StreamSession>
  instruments: Instruments
  clock: Clock
  random: Random
  /** Over how long the closes are spread, in milliseconds: their clients come back spread like this. */
  spreadMs: number
  /** What is left after so many milliseconds is cut. */
  graceMs: number
}

const LOOK_MS = 20

/** Sends every session away, each at a random moment; returns how many had to be cut. */
export async function drainSessions(options: DrainOptions): Promise<number> {
  const { sessions, instruments, clock, random, spreadMs, graceMs } = options
  instruments.set(METRICS.wsDrainState, {}, 1)
  instruments.onScrape(() => instruments.set(METRICS.wsDrainRemaining, {}, sessions.size))
  const deadline = clock.now() + graceMs
  const spread = Math.min(spreadMs, graceMs / 2)
  for (const session of sessions) clock.after(random() * spread, () => session.drain())
  while (sessions.size > 0 && clock.now() < deadline) {
    await new Promise<void>(resolve => clock.after(LOOK_MS, resolve))
  }
  const cut = sessions.size
  for (const session of sessions) session.cut()
  return cut
}
