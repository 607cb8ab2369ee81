import { defineDrill } from './define.ts'

export const soak = defineDrill({
  name: 'soak',
  scenario: 'soak',
  crowd: { clients: 15 },
  fires: [],
})
