import { defineMetric } from './define.ts'

export const wsHeartbeatTimeoutsTotal = defineMetric({
  name: 'ws_heartbeat_timeouts_total',
  type: 'counter',
  help: 'Sessions that were ended because no pong came in time.',
  labels: [],
  tuples: [{}],
})
