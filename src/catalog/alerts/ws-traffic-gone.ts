import { defineSilenceAlert } from './define.ts'

export const wsTrafficGone = defineSilenceAlert({
  name: 'WsTrafficGone',
  severity: 'critical',
  summary: 'A service that was in use has no clients left and nobody tries to connect.',
  description:
    'Nobody reaches {{ $labels.job }} any more: no connection is open and none is tried, though there were {{ $value | humanize }} handshakes a second before.',
  of: 'traffic',
  windows: {
    production: { window: '10m', before: '1h', above: 0.5, for: '2m', keepFiringFor: '2m' },
    drill: { window: '15s', before: '60s', above: 0.5, for: '2s', keepFiringFor: '5s' },
  },
  board: 'overview',
  panel: 'Handshakes by outcome',
  allowed: { detect: '30s', resolve: '30s' },
})
