import { defineMetric } from './define.ts'

export const wsHeartbeatRttSeconds = defineMetric({
  name: 'ws_heartbeat_rtt_seconds',
  type: 'histogram',
  help: 'Seconds from a ping to its pong.',
  labels: [],
  tuples: [{}],
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
})
