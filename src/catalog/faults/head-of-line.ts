import { wsDeliveryLagSeconds } from '../metrics/ws-delivery-lag-seconds.ts'
import { defineFault } from './define.ts'

export const headOfLine = defineFault({
  name: 'head-of-line',
  description:
    'The broadcast waits for each receiver to take what it was sent before it turns to the next: one who does not read holds up everybody behind.',
  variants: {
    '500ms': 'waits at most 500 ms for a slow receiver, at each pass.',
    drained: 'waits until the slow receiver has read, or is gone.',
  },
  users: 'Progress comes late, in bursts, for everyone on a task that a single slow client follows.',
  moves: [{ metric: wsDeliveryLagSeconds, how: 'rises to the wait, while publishing goes on' }],
})
