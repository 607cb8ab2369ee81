import { defineDrill } from './define.ts'

export const loopHeld = defineDrill({
  name: 'loop-held',
  scenario: 'flapping-client',
  when: 'The server holds clients that have failed 20 times within a minute.',
  servers: { flags: ['--loop-failures', '20'] },
  fires: [],
  mayFire: [
    'WsSessionBudgetBurn',
    'WsFlapping',
    'WsReconnectStorm',
    'WsClientLooping',
    'WsHandshakeBudgetBurn',
  ].map(alert => ({
    alert,
    reason: 'clients flap until they are held, and are refused then: how long both last decides',
  })),
})
