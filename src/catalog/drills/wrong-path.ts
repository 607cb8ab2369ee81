import { defineDrill } from './define.ts'

export const wrongPath = defineDrill({
  name: 'wrong-path',
  scenario: 'wrong-path',
  fires: [{ alert: 'WsHandshakeBudgetBurn' }, { alert: 'WsWrongPathStorm' }, { alert: 'WsClientLooping' }],
  inCi: true,
})
