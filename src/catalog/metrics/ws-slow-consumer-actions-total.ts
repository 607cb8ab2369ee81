import { defineMetric, eachOf } from './define.ts'

export const wsSlowConsumerActionsTotal = defineMetric({
  name: 'ws_slow_consumer_actions_total',
  type: 'counter',
  help: 'What was done about clients that read too slowly: coalesce put a newer progress event in the place of one that waited, drop gave up progress that still waited at the end of its connection, close ended the connection with 4013.',
  labels: ['action'],
  tuples: eachOf('action', ['coalesce', 'drop', 'close']),
})
