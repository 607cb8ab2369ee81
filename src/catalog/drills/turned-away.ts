import { defineDrill } from './define.ts'

export const turnedAway = defineDrill({
  name: 'turned-away',
  scenario: 'healthy',
  when: 'A proxy before the server takes no new connection.',
  disturbance: { kind: 'turn-away' },
  fires: [{ alert: 'WsTrafficGone' }],
  inCi: true,
})
