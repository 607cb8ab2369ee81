import { wsHandshakesTotal } from '../metrics/ws-handshakes-total.ts'
import { defineFault } from './define.ts'

export const rejectBeforeAccept = defineFault({
  name: 'reject-before-accept',
  description:
    'What should be accepted and then closed with a code is refused before the accept, with a bare 403: frameworks turn `close(code)` before `accept()` into that.',
  variants: { on: 'every refusal with a close code becomes 403, without a body.' },
  users: 'A browser sees code 1006 and no reason, so its page comes back for a task that does not exist.',
  moves: [
    { metric: wsHandshakesTotal, how: 'refusals with status 403 in place of 101, for the same reason' },
  ],
})
