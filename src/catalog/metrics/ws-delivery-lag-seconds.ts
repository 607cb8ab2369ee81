import { defineMetric } from './define.ts'

export const wsDeliveryLagSeconds = defineMetric({
  name: 'ws_delivery_lag_seconds',
  type: 'histogram',
  help: 'Seconds from the publishing of an event to its write to sockets; one for each write round of at most 512 receivers.',
  labels: [],
  tuples: [{}],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
})
