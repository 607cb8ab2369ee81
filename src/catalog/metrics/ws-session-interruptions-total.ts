import { defineMetric, eachOf } from './define.ts'

export const wsSessionInterruptionsTotal = defineMetric({
  name: 'ws_session_interruptions_total',
  type: 'counter',
  help: 'Good sessions that lost their stream before their task ended, other than by a clean leave or an announced drain.',
  labels: ['reason'],
  tuples: eachOf('reason', ['server_error', 'server_close', 'network', 'heartbeat', 'slow_consumer']),
})
