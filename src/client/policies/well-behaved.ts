import { closeVerdict } from '../../protocol/close-codes.ts'
import type { PolicyState, ReconnectPolicy } from './define.ts'

/** First wait when the server told no window, in milliseconds. */
export const BASE_MS = 500
/** No wait is longer, in milliseconds. */
export const CAP_MS = 30_000
/** An attempt that lived this long with a useful message resets the backoff, in milliseconds. */
export const STABLE_MS = 5_000
/** A client that never got in gives up after so many attempts. */
export const FIRST_CONNECT_ATTEMPTS = 6

/**
 * The client that PROTOCOL.md asks for: the server's window first, then full jitter below a doubling cap, both after
 * the time that it was told to stay away. An open alone resets nothing, since a flap opens every time.
 */
export const wellBehaved: ReconnectPolicy = {
  name: 'well-behaved',
  summary:
    'Waits for as long as it was told, then a random time in a window that doubles to 30 s; heeds the close code, and gives up when it never got in.',
  next(last, before, random) {
    if (last.code !== undefined) {
      const verdict = closeVerdict(last.code)
      if (verdict === 'ended') return { stop: 'ended' }
      if (verdict === 'stay_away') return { stop: 'told_to_stay_away' }
    }
    const stable = last.useful && last.uptimeMs >= STABLE_MS
    const state: PolicyState = {
      failures: stable ? 1 : before.failures + 1,
      everOpened: before.everOpened || last.opened,
    }
    if (!state.everOpened && state.failures >= FIRST_CONNECT_ATTEMPTS) return { stop: 'gave_up' }
    const first = last.reconnectWindowMs ?? BASE_MS
    const window = Math.min(CAP_MS, first * 2 ** (state.failures - 1))
    // All who were told the same moment must not come back in it.
    return { wait: (last.retryAfterMs ?? 0) + random() * window, state }
  },
}
