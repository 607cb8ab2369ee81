import { defineMetric, eachOf } from './define.ts'

export const NEAR_MISSES = [
  'missing_prefix',
  'extra_prefix',
  'version',
  'trailing_slash',
  'missing_task',
  'other',
] as const
export type NearMiss = (typeof NEAR_MISSES)[number]

export const wsUnmatchedPathTotal = defineMetric({
  name: 'ws_unmatched_path_total',
  type: 'counter',
  help: 'Handshakes on a path that is no stream, by how it misses the nearest one.',
  labels: ['near_miss'],
  tuples: eachOf('near_miss', NEAR_MISSES),
})
