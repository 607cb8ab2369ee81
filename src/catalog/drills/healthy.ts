import { defineDrill } from './define.ts'

export const healthy = defineDrill({
  name: 'healthy',
  scenario: 'healthy',
  fires: [],
  inCi: true,
})
