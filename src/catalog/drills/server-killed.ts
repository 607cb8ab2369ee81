import { defineDrill } from './define.ts'

export const serverKilled = defineDrill({
  name: 'server-killed',
  scenario: 'rolling-deploy',
  when: 'The only server is killed and comes back 23 s later.',
  servers: { redis: true },
  disturbance: { kind: 'kill-server' },
  crowd: { clients: 6 },
  fires: [{ alert: 'WsTelemetryAbsent', severity: 'critical' }],
  inCi: true,
})
