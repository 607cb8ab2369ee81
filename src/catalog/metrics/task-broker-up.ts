import { defineMetric } from './define.ts'

export const taskBrokerUp = defineMetric({
  name: 'task_broker_up',
  type: 'gauge',
  help: '1 while the store of the tasks answers, else 0.',
  labels: [],
  tuples: [{}],
})
