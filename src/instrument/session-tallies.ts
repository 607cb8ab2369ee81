import { METRICS } from '#catalog'
import type { Instruments } from './instruments.ts'

/** What every session counts, resolved once for all of them. */
export function sessionTallies(instruments: Instruments) {
  return {
    open: instruments.tally(METRICS.wsConnections, { state: 'open' }),
    closing: instruments.tally(METRICS.wsConnections, { state: 'closing' }),
    firstMessage: instruments.timing(METRICS.wsFirstMessageSeconds, {}),
    closingWindow: instruments.timing(METRICS.wsClosingWindowSeconds, {}),
  }
}

export type SessionTallies = ReturnType<typeof sessionTallies>
