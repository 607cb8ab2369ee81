import { defineMetric } from './define.ts'

export const wsFirstMessageSeconds = defineMetric({
  name: 'ws_first_message_seconds',
  type: 'histogram',
  help: 'Seconds from the 101 to the first useful frame whose write succeeded.',
  labels: [],
  tuples: [{}],
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
})
