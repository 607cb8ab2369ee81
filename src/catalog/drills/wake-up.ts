import { defineDrill } from './define.ts'

export const wakeUp = defineDrill({
  name: 'wake-up',
  scenario: 'wake-up',
  crowd: { clients: 15 },
  fires: [],
})
