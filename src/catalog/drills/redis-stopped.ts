import { defineDrill } from './define.ts'

export const redisStopped = defineDrill({
  name: 'redis-stopped',
  scenario: 'healthy',
  when: 'Redis is killed and comes back 23 s later.',
  servers: { redis: true },
  disturbance: { kind: 'stop-redis' },
  fires: [{ alert: 'WsBrokerDown' }],
  mayFire: [
    ...[
      'WsSessionBudgetBurn',
      'WsHandshakeBudgetBurn',
      'WsDeliveryLag',
      'WsSequenceGaps',
      'WsClientLooping',
    ].map(alert => ({
      alert,
      reason:
        'a consequence, which the routes silence while the store is away: how many clients dial meanwhile decides',
    })),
  ],
  inCi: true,
})
