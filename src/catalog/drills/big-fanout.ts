import { defineDrill } from './define.ts'

export const bigFanout = defineDrill({
  name: 'big-fanout',
  scenario: 'big-fanout',
  crowd: { clients: 50 },
  fires: [],
})
