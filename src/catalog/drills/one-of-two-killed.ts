import { defineDrill } from './define.ts'

export const oneOfTwoKilled = defineDrill({
  name: 'one-of-two-killed',
  scenario: 'rolling-deploy',
  when: 'One of two servers is killed and comes back 23 s later.',
  servers: { count: 2, redis: true },
  disturbance: { kind: 'kill-server' },
  crowd: { clients: 6 },
  fires: [{ alert: 'WsTelemetryAbsent', severity: 'warning' }],
  inCi: true,
})
