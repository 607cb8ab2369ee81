import { defineMetric } from './define.ts'

export const wsDrainRemaining = defineMetric({
  name: 'ws_drain_remaining',
  type: 'gauge',
  help: 'Sessions that an announced drain has still to close; 0 when there is none.',
  labels: [],
  tuples: [{}],
})
