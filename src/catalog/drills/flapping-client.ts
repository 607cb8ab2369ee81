import { defineDrill } from './define.ts'

export const flappingClient = defineDrill({
  name: 'flapping-client',
  scenario: 'flapping-client',
  fires: [
    { alert: 'WsSessionBudgetBurn' },
    { alert: 'WsFlapping' },
    { alert: 'WsReconnectStorm' },
    { alert: 'WsClientLooping' },
  ],
})
