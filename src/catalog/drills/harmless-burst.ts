import { defineDrill } from './define.ts'

export const harmlessBurst = defineDrill({
  name: 'harmless-burst',
  scenario: 'harmless-burst',
  fires: [],
  inCi: true,
})
