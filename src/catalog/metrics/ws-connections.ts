import { defineMetric, eachOf } from './define.ts'

export const wsConnections = defineMetric({
  name: 'ws_connections',
  type: 'gauge',
  help: 'Sockets that are open, and sockets between the start of their close and its end.',
  labels: ['state'],
  tuples: eachOf('state', ['open', 'closing']),
})
