import { taskSequenceGapsTotal } from '../metrics/task-sequence-gaps-total.ts'
import { defineRateAlert } from './define.ts'

export const wsSequenceGaps = defineRateAlert({
  name: 'WsSequenceGaps',
  severity: 'warning',
  summary: 'Events are lost between the store and the streams, and healed from the history.',
  description:
    'Users of {{ $labels.job }} get events late, {{ $value | humanize }} times a second: the live feed loses them and the server reads them again.',
  metric: taskSequenceGapsTotal,
  where: [{}],
  windows: {
    production: { window: '10m', above: 0.02, for: '5m', keepFiringFor: '15m' },
    drill: { window: '10s', above: 0.1, for: '2s', keepFiringFor: '5s' },
  },
  board: 'broker',
  panel: 'Sequence gaps',
  allowed: { detect: '30s', resolve: '30s' },
})
