import { wsConnections } from '../metrics/ws-connections.ts'
import { wsConnectionsLimit } from '../metrics/ws-connections-limit.ts'
import { select } from '../slis/define.ts'
import { defineLevelAlert } from './define.ts'

export const wsConnectionsNearLimit = defineLevelAlert({
  name: 'WsConnectionsNearLimit',
  severity: 'warning',
  summary: 'A server is about to refuse clients because it is full.',
  description:
    'A server of {{ $labels.job }} holds {{ $value | humanizePercentage }} of the connections that it may: soon new users are turned away.',
  gauge: select(wsConnections, { state: 'open' }),
  per: select(wsConnectionsLimit),
  compare: '>',
  windows: {
    production: { threshold: 0.8, for: '10m', keepFiringFor: '15m' },
    drill: { threshold: 0.8, for: '2s', keepFiringFor: '5s' },
  },
  board: 'sessions',
  panel: 'Connections and their limit',
  allowed: { detect: '30s', resolve: '30s' },
})
