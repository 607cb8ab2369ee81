import { defineDrill } from './define.ts'

export const halfOpen = defineDrill({
  name: 'half-open',
  scenario: 'half-open',
  when: 'The server pings each second.',
  servers: { flags: ['--heartbeat', '1s'] },
  fires: [{ alert: 'WsHeartbeatTimeouts', momentary: true }],
  mayFire: [
    {
      alert: 'WsSessionsInterrupted',
      reason:
        'the silent peers are interrupted sessions: their share depends on how many others come to their end',
    },
  ],
  inCi: true,
})
