import { defineMetric } from './define.ts'

export const taskBrokerReconnectsTotal = defineMetric({
  name: 'task_broker_reconnects_total',
  type: 'counter',
  help: 'Times that the store of the tasks came back.',
  labels: [],
  tuples: [{}],
})
