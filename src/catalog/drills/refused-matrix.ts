import { defineDrill } from './define.ts'

export const refusedMatrix = defineDrill({
  name: 'refused-matrix',
  scenario: 'refused-matrix',
  fires: [{ alert: 'WsSessionsInterrupted', momentary: true }],
})
