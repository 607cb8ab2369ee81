import { wsClosesTotal } from '../metrics/ws-closes-total.ts'
import { wsSessionsTotal } from '../metrics/ws-sessions-total.ts'
import { defineFault } from './define.ts'

export const acceptThenClose = defineFault({
  name: 'accept-then-close',
  description:
    'Every client is accepted and closed at once: authentication after the accept, a crash in the handler, a full room, a draining node behind a balancer that does not know.',
  variants: {
    1000: 'closed as if the task had ended: clients believe it and stay away.',
    1001: 'closed as if the server drained.',
    1008: 'closed for a policy: clients stay away.',
    1011: 'closed as by a handler that failed: clients come back.',
    1012: 'closed as by a restart: clients come back.',
    1013: 'closed as too busy: clients come back.',
    4401: 'closed with a code of the range that comes back, and that nobody documented.',
    4500: 'closed with a code of the range that stays away.',
    cut: 'the connection is cut without a close frame: clients see 1006.',
  },
  users: 'An open and a close, over and over or once, by the code; never a frame.',
  moves: [
    {
      metric: wsSessionsTotal,
      how: '`bad`, `server_close`, for every session, while handshakes look perfect',
    },
    { metric: wsClosesTotal, how: "`server` with the code's class" },
  ],
})
