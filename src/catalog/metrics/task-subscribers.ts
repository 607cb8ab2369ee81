import { defineMetric } from './define.ts'

export const taskSubscribers = defineMetric({
  name: 'task_subscribers',
  type: 'gauge',
  help: 'Sessions that this process hands the events of tasks to. More than there are open connections is a leak.',
  labels: [],
  tuples: [{}],
})
