import { defineMetric } from './define.ts'

export const wsReconnectDelaySeconds = defineMetric({
  name: 'ws_reconnect_delay_seconds',
  type: 'histogram',
  help: 'Seconds from the end of a session to the return of the same client to the same task.',
  labels: [],
  tuples: [{}],
  buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60],
})
