import { wsSendAfterCloseTotal } from '../metrics/ws-send-after-close-total.ts'
import { defineFault } from './define.ts'

export const sendInCatch = defineFault({
  name: 'send-in-catch',
  description:
    "The founding incident's handler: when its first send fails it logs an empty error and sends again in its catch block, into the same closed socket.",
  variants: { on: 'two error lines for each client that is gone before its first message.' },
  users: 'Nothing: whoever is gone sees no error. Clients that stay are served.',
  moves: [{ metric: wsSendAfterCloseTotal, how: '`again` rises once for each client that left at once' }],
})
