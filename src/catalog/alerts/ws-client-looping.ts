import { wsClients } from '../metrics/ws-clients.ts'
import { select } from '../slis/define.ts'
import { defineLevelAlert } from './define.ts'

export const wsClientLooping = defineLevelAlert({
  name: 'WsClientLooping',
  severity: 'warning',
  summary: 'A client tries over and over and is never served.',
  description:
    'At least {{ $value | humanize }} clients of {{ $labels.job }} are in a loop: their users see nothing, and they cost as much as many others.',
  gauge: select(wsClients, { state: 'looping' }),
  compare: '>',
  windows: {
    production: { threshold: 0, for: '5m', keepFiringFor: '5m' },
    drill: { threshold: 0, for: '2s', keepFiringFor: '5s' },
  },
  board: 'reconnects',
  panel: 'Clients by state',
  allowed: { detect: '30s', resolve: '30s' },
})
