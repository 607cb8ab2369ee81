import { defineMetric, eachOf } from './define.ts'

export const wsTerminalUndeliveredTotal = defineMetric({
  name: 'ws_terminal_undelivered_total',
  type: 'counter',
  help: 'Events that must arrive and were still unsent when their session ended.',
  labels: ['type'],
  tuples: eachOf('type', ['completed', 'failed', 'cancelled', 'human_review_required']),
})
