import { defineMetric } from './define.ts'

export const wsLoopBreakerTripsTotal = defineMetric({
  name: 'ws_loop_breaker_trips_total',
  type: 'counter',
  help: 'Times that a client began to loop and was held back by itself; its further attempts while it is held count no trip.',
  labels: [],
  tuples: [{}],
})
