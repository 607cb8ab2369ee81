import { defineMetric } from './define.ts'

export const wsSessionsTotal = defineMetric({
  name: 'ws_sessions_total',
  type: 'counter',
  help: 'Sessions that were decided: good when their user was served, bad when not. Each is counted once.',
  labels: ['verdict', 'reason'],
  tuples: [
    { verdict: 'good', reason: 'delivered' },
    { verdict: 'good', reason: 'lived' },
    { verdict: 'good', reason: 'left' },
    { verdict: 'bad', reason: 'silent' },
    { verdict: 'bad', reason: 'short_lived' },
    { verdict: 'bad', reason: 'server_error' },
    { verdict: 'bad', reason: 'server_close' },
    { verdict: 'bad', reason: 'network' },
  ],
})

/** A session is `silent` when no useful frame was written within this time, in milliseconds. */
export const FIRST_MESSAGE_MS = 2_000
/** A session that lived this long with its first message is good, in milliseconds. */
export const LIVED_MS = 5_000
/** A client that leaves cleanly is good after this time and `short_lived` before it, in milliseconds. */
export const SHORT_LIVED_MS = 1_000
