import { taskSubscribers } from '../metrics/task-subscribers.ts'
import { wsSendsTotal } from '../metrics/ws-sends-total.ts'
import { defineFault } from './define.ts'

export const broadcastAbort = defineFault({
  name: 'broadcast-abort',
  description:
    'One loop writes to all receivers, none is caught on its own, and a dead one is never taken off the list: the loop ends there.',
  variants: { on: 'whoever joined a task after a client that has left hears nothing any more.' },
  users: 'After somebody else has closed their tab, progress stops for those who came later.',
  moves: [
    { metric: wsSendsTotal, how: '`ok` falls behind events published times receivers' },
    { metric: taskSubscribers, how: 'stays above the open connections' },
  ],
})
