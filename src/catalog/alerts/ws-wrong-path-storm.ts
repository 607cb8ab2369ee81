import { wsHandshakesTotal } from '../metrics/ws-handshakes-total.ts'
import { defineRateAlert } from './define.ts'

export const wsWrongPathStorm = defineRateAlert({
  name: 'WsWrongPathStorm',
  severity: 'critical',
  summary: 'Clients keep dialling a path that is no stream.',
  description:
    'Clients of {{ $labels.job }} dial a wrong path {{ $value | humanize }} times a second and see nothing at all: client and server disagree about the stream URL.',
  metric: wsHandshakesTotal,
  where: [{ outcome: 'refused', reason: 'wrong_path' }],
  windows: {
    production: { window: '5m', above: 1, for: '1m', keepFiringFor: '5m' },
    drill: { window: '10s', above: 1, for: '2s', keepFiringFor: '5s' },
  },
  board: 'overview',
  panel: 'Wrong paths',
  allowed: { detect: '30s', resolve: '30s' },
})
