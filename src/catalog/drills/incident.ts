import { defineDrill } from './define.ts'

export const incident = defineDrill({
  name: 'incident',
  scenario: 'flapping-client',
  when: 'The server runs with the fault `send-in-catch` and a history read of 40 ms.',
  servers: { faults: ['send-in-catch'] },
  fires: [
    { alert: 'WsSessionBudgetBurn' },
    { alert: 'WsFlapping' },
    { alert: 'WsReconnectStorm' },
    { alert: 'WsClientLooping' },
    { alert: 'WsSendAfterClose' },
  ],
  inCi: true,
})
