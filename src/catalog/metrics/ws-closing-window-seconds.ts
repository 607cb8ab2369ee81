import { defineMetric } from './define.ts'

export const wsClosingWindowSeconds = defineMetric({
  name: 'ws_closing_window_seconds',
  type: 'histogram',
  help: 'Seconds from the start of a close to its end; a send within them is lost without a sign.',
  labels: [],
  tuples: [{}],
  buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30],
})
