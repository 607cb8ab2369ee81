import { taskSubscribers } from '../metrics/task-subscribers.ts'
import { defineFault } from './define.ts'

export const subscriberLeak = defineFault({
  name: 'subscriber-leak',
  description:
    'Whoever sends does not learn that the socket is gone, and stays subscribed: no read loop, or no link from the close to the subscription.',
  variants: {
    '1-in-10': 'one session of ten stays subscribed after its end, at random.',
    all: 'every session stays subscribed after its end.',
  },
  users: 'Nothing, until the server is out of memory. Switching it off lets go of what has leaked.',
  moves: [{ metric: taskSubscribers, how: 'rises with each session that ends, and never falls' }],
})
