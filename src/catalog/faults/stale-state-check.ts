import { wsSendAfterCloseTotal } from '../metrics/ws-send-after-close-total.ts'
import { defineFault } from './define.ts'

export const staleStateCheck = defineFault({
  name: 'stale-state-check',
  description:
    "The founding incident's first fix: before each send it asks a flag that was set at the accept and that only a read could clear. Nobody reads, so the check is a no-op, and the error line comes twice.",
  variants: { on: 'three error lines for each client that is gone before its first message.' },
  users: 'Nothing, as with `send-in-catch`.',
  moves: [{ metric: wsSendAfterCloseTotal, how: '`again` rises twice for each client that left at once' }],
})
