import { defineMetric, eachOf } from './define.ts'

export const wsSlowConsumerActionsTotal = defineMetric({
  name: 'ws_slow_consumer_actions_total',
  type: 'counter',
  help: 'What was done about clients that read too slowly.',
  labels: ['action'],
  tuples: eachOf('action', ['coalesce', 'drop', 'close']),
})
