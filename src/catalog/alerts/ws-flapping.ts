import { wsSessionsTotal } from '../metrics/ws-sessions-total.ts'
import { defineRateAlert } from './define.ts'

export const wsFlapping = defineRateAlert({
  name: 'WsFlapping',
  severity: 'critical',
  summary: 'Clients connect and leave within a second, over and over.',
  description:
    'Clients of {{ $labels.job }} open and leave {{ $value | humanize }} sessions a second within one second each: handshakes look perfect and nobody is served.',
  metric: wsSessionsTotal,
  where: [{ verdict: 'bad', reason: 'short_lived' }],
  minimumShare: 0.2,
  windows: {
    production: { window: '5m', above: 1, for: '1m', keepFiringFor: '5m' },
    drill: { window: '10s', above: 1, for: '2s', keepFiringFor: '5s' },
  },
  board: 'overview',
  panel: 'Short-lived sessions',
  allowed: { detect: '30s', resolve: '30s' },
})
