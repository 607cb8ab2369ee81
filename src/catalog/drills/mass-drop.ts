import { defineDrill } from './define.ts'

export const massDrop = defineDrill({
  name: 'mass-drop',
  scenario: 'mass-drop',
  crowd: { clients: 40 },
  fires: [{ alert: 'WsReconnectStorm', momentary: true }],
})
