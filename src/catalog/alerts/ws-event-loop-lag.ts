import { PROCESS_METRICS } from '../process-metrics.ts'
import { defineLevelAlert } from './define.ts'

export const wsEventLoopLag = defineLevelAlert({
  name: 'WsEventLoopLag',
  severity: 'warning',
  summary: 'The event loop of a server is blocked for long stretches.',
  description:
    'Everything that a server of {{ $labels.job }} does waits for up to {{ $value | humanizeDuration }}: handshakes, first messages and progress are late for all its users.',
  gauge: { processMetric: PROCESS_METRICS.loopLagP99Seconds },
  compare: '>',
  windows: {
    production: { window: '5m', threshold: 0.2, for: '5m', keepFiringFor: '15m' },
    drill: { window: '10s', threshold: 0.5, for: '2s', keepFiringFor: '5s' },
  },
  board: 'process',
  panel: 'Event loop lag',
  allowed: { detect: '30s', resolve: '30s' },
})
