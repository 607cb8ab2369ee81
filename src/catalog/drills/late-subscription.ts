import { defineDrill } from './define.ts'

export const lateSubscription = defineDrill({
  name: 'late-subscription',
  scenario: 'healthy',
  when: 'The fault switch `snapshot-tail-race` is on `1s`: whoever connects misses what is published meanwhile.',
  disturbance: { kind: 'switch-fault', fault: 'snapshot-tail-race', variant: '1s' },
  // Longer than the race: a client that misses the end of its task waits for ever.
  crowd: { taskMs: 3_000 },
  fires: [{ alert: 'WsSequenceGaps' }],
  inCi: true,
})
