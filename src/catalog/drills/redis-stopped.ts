import { defineDrill } from './define.ts'

export const redisStopped = defineDrill({
  name: 'redis-stopped',
  scenario: 'healthy',
  when: 'Redis is killed and comes back 23 s later.',
  servers: { redis: true },
  disturbance: { kind: 'stop-redis' },
  fires: [{ alert: 'WsBrokerDown' }],
  mayFire: [
    ...['WsSessionBudgetBurn', 'WsHandshakeBudgetBurn', 'WsDeliveryLag', 'WsSequenceGaps'].map(alert => ({
      alert,
      reason:
        'a consequence, which the routes silence while the store is away: how many clients dial meanwhile decides',
    })),
    {
      alert: 'WsClientLooping',
      reason: 'whoever is told to come back for long enough looks as if it looped',
    },
  ],
  inCi: true,
})
