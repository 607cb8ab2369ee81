import { defineMetric, eachOf } from './define.ts'

export const ENDED_BY = ['server', 'client', 'network', 'timeout'] as const
export type EndedBy = (typeof ENDED_BY)[number]

export const wsSessionSeconds = defineMetric({
  name: 'ws_session_seconds',
  type: 'histogram',
  help: 'Seconds from the 101 to the end of the socket.',
  labels: ['ended_by'],
  tuples: eachOf('ended_by', ENDED_BY),
  buckets: [0.02, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 14400],
})
