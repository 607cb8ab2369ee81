import { wsDeliveryLagSeconds } from '../metrics/ws-delivery-lag-seconds.ts'
import { defineSli, select } from './define.ts'

/** Half a second is where a progress bar begins to look as if it hung. It is a bucket of the histogram. */
export const deliverySli = defineSli({
  name: 'delivery',
  summary: 'Rounds of events that were written to their sockets within 500 ms of their publishing.',
  bad: { good: [select(wsDeliveryLagSeconds, {}, { le: '0.5' })] },
  total: [select(wsDeliveryLagSeconds, {}, 'count')],
  objective: 0.995,
  objectiveWindow: '30d',
})
