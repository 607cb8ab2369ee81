import { wsFirstMessageSeconds } from '../metrics/ws-first-message-seconds.ts'
import { wsSessionsTotal } from '../metrics/ws-sessions-total.ts'
import { defineFault } from './define.ts'

export const slowHistory = defineFault({
  name: 'slow-history',
  description:
    'The read of the history that every connecting client waits for is slow, as a busy database is.',
  variants: {
    '300ms': 'takes 300 ms longer.',
    '1s': 'takes a second longer.',
    '5s': 'takes five seconds longer, more than the server waits: clients are closed with 1013.',
  },
  users: 'A page that stays empty for that long after its socket opened; with `5s` it never fills.',
  moves: [
    { metric: wsFirstMessageSeconds, how: 'moves up by the variant' },
    { metric: wsSessionsTotal, how: 'with `5s`: `bad`, `server_error`' },
  ],
})
