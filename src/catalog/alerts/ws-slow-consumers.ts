import { wsSlowConsumerActionsTotal } from '../metrics/ws-slow-consumer-actions-total.ts'
import { defineRateAlert } from './define.ts'

export const wsSlowConsumers = defineRateAlert({
  name: 'WsSlowConsumers',
  severity: 'warning',
  summary: 'Clients are closed because they read too slowly.',
  description:
    'Users of {{ $labels.job }} on slow connections lose their stream {{ $value | humanize }} times a second and have to come back.',
  metric: wsSlowConsumerActionsTotal,
  where: [{ action: 'close' }],
  windows: {
    production: { window: '10m', above: 0.1, for: '5m', keepFiringFor: '15m' },
    drill: { window: '10s', above: 0.1, for: '2s', keepFiringFor: '5s' },
  },
  board: 'delivery',
  panel: 'Slow consumers',
  allowed: { detect: '30s', resolve: '30s' },
})
