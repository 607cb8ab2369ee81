import { defineMetric } from './define.ts'

export const wsDrainState = defineMetric({
  name: 'ws_drain_state',
  type: 'gauge',
  help: '1 while the server drains, else 0.',
  labels: [],
  tuples: [{}],
})
