import { defineDrill } from './define.ts'

export const drainStuck = defineDrill({
  name: 'drain-stuck',
  scenario: 'healthy',
  when: 'One of two servers is told to stop, and spreads the closes of its sessions over 14 s.',
  servers: { count: 2, redis: true, flags: ['--shutdown-grace', '30s', '--drain-spread', '14s'] },
  disturbance: { kind: 'drain-with-silent-peers', peers: 12 },
  fires: [{ alert: 'WsDrainStuck' }],
  inCi: true,
})
