import { defineDrill } from './define.ts'

export const oneLoop = defineDrill({
  name: 'one-loop',
  scenario: 'one-loop',
  crowd: { clients: 15 },
  fires: [{ alert: 'WsHandshakeBudgetBurn' }, { alert: 'WsWrongPathStorm' }, { alert: 'WsClientLooping' }],
})
