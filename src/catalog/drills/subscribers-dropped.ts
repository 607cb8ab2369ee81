import { defineDrill } from './define.ts'

export const subscribersDropped = defineDrill({
  name: 'subscribers-dropped',
  scenario: 'healthy',
  when: 'Redis drops its subscribers each second while tasks publish.',
  servers: { redis: true },
  disturbance: { kind: 'drop-subscribers', everyMs: 1_000 },
  fires: [{ alert: 'WsSequenceGaps' }],
  mayFire: [
    {
      alert: 'WsSessionBudgetBurn',
      severity: 'warning',
      reason:
        'whoever subscribes in the very moment of a drop is sent away and comes back: chance decides how many',
    },
  ],
})
