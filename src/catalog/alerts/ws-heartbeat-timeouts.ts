import { wsHeartbeatTimeoutsTotal } from '../metrics/ws-heartbeat-timeouts-total.ts'
import { defineRateAlert } from './define.ts'

export const wsHeartbeatTimeouts = defineRateAlert({
  name: 'WsHeartbeatTimeouts',
  severity: 'warning',
  summary: 'Clients vanish without a goodbye and are found by the heartbeat.',
  description:
    'Users of {{ $labels.job }} hang on dead connections until the heartbeat finds them, {{ $value | humanize }} times a second: their page shows progress that has stopped.',
  metric: wsHeartbeatTimeoutsTotal,
  where: [{}],
  windows: {
    production: { window: '10m', above: 0.1, for: '5m', keepFiringFor: '15m' },
    drill: { window: '10s', above: 0.1, for: '2s', keepFiringFor: '5s' },
  },
  board: 'sessions',
  panel: 'Heartbeat timeouts',
  allowed: { detect: '30s', resolve: '30s' },
})
