import { defineDrill } from './define.ts'

export const slowReader = defineDrill({
  name: 'slow-reader',
  scenario: 'slow-reader',
  fires: [],
})
