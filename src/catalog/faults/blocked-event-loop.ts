import { defineFault } from './define.ts'

export const blockedEventLoop = defineFault({
  name: 'blocked-event-loop',
  description:
    'Something synchronous in an asynchronous server, once a second: a blocking client library, a big JSON document, a regular expression that backtracks.',
  variants: {
    '50ms': 'blocks for 50 ms of each second.',
    '250ms': 'blocks for 250 ms of each second.',
    '700ms': 'blocks for 700 ms of each second; metrics can still be read.',
    '900ms': 'blocks for 900 ms of each second.',
  },
  users: 'Everything stutters, in the same rhythm for everybody.',
  moves: [
    {
      metric: { name: 'nodejs_eventloop_lag_max_seconds' },
      how: 'reaches the variant; latencies that are measured in the blocked process hardly move, since its clocks are read when it runs again',
    },
  ],
})
