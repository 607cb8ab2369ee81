import { wsOpensTotal } from '../metrics/ws-opens-total.ts'
import { defineRateAlert } from './define.ts'

export const wsReconnectStorm = defineRateAlert({
  name: 'WsReconnectStorm',
  severity: 'critical',
  summary: 'Clients come back all at once, or over and over.',
  description:
    'Clients of {{ $labels.job }} reconnect {{ $value | humanize }} times a second: users see their stream come and go, and the server spends itself on handshakes.',
  metric: wsOpensTotal,
  where: [{ kind: 'reconnect' }],
  minimumShare: 0.3,
  windows: {
    production: { window: '5m', above: 5, for: '2m', keepFiringFor: '5m' },
    drill: { window: '10s', above: 2, for: '2s', keepFiringFor: '5s' },
  },
  board: 'reconnects',
  panel: 'Opens, first and again',
  allowed: { detect: '30s', resolve: '30s' },
})
