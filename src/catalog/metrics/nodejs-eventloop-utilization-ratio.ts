import { defineMetric } from './define.ts'

export const nodejsEventloopUtilizationRatio = defineMetric({
  name: 'nodejs_eventloop_utilization_ratio',
  type: 'gauge',
  help: 'Share of the time since the last scrape that the event loop was busy, from 0 to 1: its saturation, where lag only shows its jams.',
  labels: [],
  tuples: [{}],
})
