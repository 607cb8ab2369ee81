import { TASK_EVENT_TYPES } from '../../protocol/frames.ts'
import { defineMetric, eachOf } from './define.ts'

export const taskEventsPublishedTotal = defineMetric({
  name: 'task_events_published_total',
  type: 'counter',
  help: 'Events that tasks published.',
  labels: ['type'],
  tuples: eachOf('type', TASK_EVENT_TYPES),
})
