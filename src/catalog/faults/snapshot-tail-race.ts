import { taskSequenceGapsTotal } from '../metrics/task-sequence-gaps-total.ts'
import { defineFault } from './define.ts'

export const snapshotTailRace = defineFault({
  name: 'snapshot-tail-race',
  description:
    'The server reads the status first and subscribes afterwards: what is published in between reaches nobody who has just connected.',
  variants: {
    '100ms': 'subscribes 100 ms late.',
    '1s': 'subscribes a second late.',
  },
  users:
    'A missing event. The next one reveals it, and it is healed from the history; when it was the last one, the page stays at 90 % for ever.',
  moves: [
    { metric: taskSequenceGapsTotal, how: '`connection` rises for each hole that a later event revealed' },
  ],
})
