import { defineMetric, eachOf } from './define.ts'

export const taskEventsPublishedTotal = defineMetric({
  name: 'task_events_published_total',
  type: 'counter',
  help: 'Events that tasks published.',
  labels: ['type'],
  tuples: eachOf('type', [
    'progress',
    'concept_progress',
    'batch_progress',
    'human_review_required',
    'completed',
    'failed',
    'cancelled',
  ]),
})
