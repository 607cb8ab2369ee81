import { defineMetric, eachOf } from './define.ts'

export const taskSequenceGapsTotal = defineMetric({
  name: 'task_sequence_gaps_total',
  type: 'counter',
  help: 'Gaps in the numbers of events, by where they were found; healed from the history.',
  labels: ['where'],
  tuples: eachOf('where', ['broker', 'connection']),
})
