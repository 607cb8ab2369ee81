import { defineMetric } from './define.ts'

export const wsConnectionsLimit = defineMetric({
  name: 'ws_connections_limit',
  type: 'gauge',
  help: 'Sockets that the server holds at most; +Inf when it has no limit of its own.',
  labels: [],
  tuples: [{}],
})
