import { wsHandshakesTotal } from '../metrics/ws-handshakes-total.ts'
import { wsUnmatchedPathTotal } from '../metrics/ws-unmatched-path-total.ts'
import { defineFault } from './define.ts'

export const unprefixedRoute = defineFault({
  name: 'unprefixed-route',
  description:
    'The stream is also served without its prefix, as the server of the founding incident did: a client with the wrong path works until somebody tidies the routes up.',
  variants: { on: '`/ws/{taskId}` is a stream too.' },
  users: 'Nothing. The wrong path works.',
  moves: [
    { metric: wsHandshakesTotal, how: '`accepted` rises on a route of its own, `/ws/{taskId}`' },
    { metric: wsUnmatchedPathTotal, how: 'no `missing_prefix` any more' },
  ],
})
