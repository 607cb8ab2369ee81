import { defineDrill } from './define.ts'

export const flappingServer = defineDrill({
  name: 'flapping-server',
  scenario: 'flapping-server',
  fires: [{ alert: 'WsSessionBudgetBurn' }],
  mayFire: [
    {
      alert: 'WsReconnectStorm',
      reason: 'the same clients seen as returns: their policy makes them fewer from one attempt to the next',
    },
  ],
})
