import { defineMetric, eachOf } from './define.ts'

/** An open of the same client and task within this time of its last end is a reconnect, in milliseconds. */
export const RECONNECT_WITHIN_MS = 60_000

export const wsOpensTotal = defineMetric({
  name: 'ws_opens_total',
  type: 'counter',
  help: `Sessions that opened: the client's first on this task, or its return within ${RECONNECT_WITHIN_MS / 1_000} s.`,
  labels: ['kind'],
  tuples: eachOf('kind', ['first', 'reconnect']),
})
