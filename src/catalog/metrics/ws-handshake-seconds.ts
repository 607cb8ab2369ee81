import { defineMetric, eachOf } from './define.ts'

export const wsHandshakeSeconds = defineMetric({
  name: 'ws_handshake_seconds',
  type: 'histogram',
  help: 'Seconds from the raw upgrade event to the answer.',
  labels: ['outcome'],
  tuples: eachOf('outcome', ['accepted', 'refused']),
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
})
