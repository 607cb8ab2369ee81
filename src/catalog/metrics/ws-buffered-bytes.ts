import { defineMetric } from './define.ts'

export const wsBufferedBytes = defineMetric({
  name: 'ws_buffered_bytes',
  type: 'gauge',
  help: 'Bytes that were sent and wait in this process, in our queues and in those of the sockets.',
  labels: [],
  tuples: [{}],
})
