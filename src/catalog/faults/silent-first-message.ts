import { wsFirstMessageSeconds } from '../metrics/ws-first-message-seconds.ts'
import { wsSessionsTotal } from '../metrics/ws-sessions-total.ts'
import { defineFault } from './define.ts'

export const silentFirstMessage = defineFault({
  name: 'silent-first-message',
  description:
    'Clients are accepted and then hear nothing: a catch-all route with no handler behind it, or a handler that waits for something before it greets.',
  variants: {
    '1s': 'the greeting comes after a second: late, and within what a good session may take.',
    '3s': 'the greeting comes after three seconds.',
    never: 'no greeting, no event; only pings.',
  },
  users: 'An open socket and a page that waits.',
  moves: [
    { metric: wsSessionsTotal, how: '`bad`, `silent`, two seconds after the accept (not with `1s`)' },
    { metric: wsFirstMessageSeconds, how: 'moves up by the variant; with `never` it counts nobody' },
  ],
})
