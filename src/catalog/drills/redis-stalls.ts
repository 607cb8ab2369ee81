import { defineDrill } from './define.ts'

export const redisStalls = defineDrill({
  name: 'redis-stalls',
  scenario: 'healthy',
  when: 'Redis stands still for 1.2 s of each 1.6 s.',
  servers: { redis: true },
  disturbance: { kind: 'stall-redis', forMs: 1_200, everyMs: 1_600 },
  fires: [{ alert: 'WsDeliveryLag' }],
  inCi: true,
})
