import { defineMetric } from './define.ts'

export const wsFinishedConnections = defineMetric({
  name: 'ws_finished_connections',
  type: 'gauge',
  help: 'Open connections whose terminal event was written: the server should have closed them.',
  labels: [],
  tuples: [{}],
})
