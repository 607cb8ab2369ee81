import { defineDrill } from './define.ts'

export const blockedEventLoop = defineDrill({
  name: 'blocked-event-loop',
  scenario: 'healthy',
  when: 'The event loop of the server is blocked for 700 ms of each second.',
  disturbance: { kind: 'switch-fault', fault: 'blocked-event-loop', variant: '700ms' },
  fires: [{ alert: 'WsEventLoopLag' }],
  inCi: true,
})
