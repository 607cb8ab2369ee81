import { taskBrokerUp } from '../metrics/task-broker-up.ts'
import { select } from '../slis/define.ts'
import { defineLevelAlert } from './define.ts'

export const wsBrokerDown = defineLevelAlert({
  name: 'WsBrokerDown',
  severity: 'critical',
  summary: 'The store of the tasks does not answer.',
  description:
    'Users of {{ $labels.job }} cannot start tasks and get no progress: the store does not answer at least one of its servers.',
  gauge: select(taskBrokerUp),
  compare: '<',
  windows: {
    production: { threshold: 1, for: '1m', keepFiringFor: '2m' },
    drill: { threshold: 1, for: '2s', keepFiringFor: '5s' },
  },
  board: 'broker',
  panel: 'Store of the tasks',
  allowed: { detect: '30s', resolve: '30s' },
  silences: [
    'WsSessionBudgetBurn',
    'WsHandshakeBudgetBurn',
    'WsDeliveryLag',
    'WsSequenceGaps',
    'WsClientLooping',
  ],
})
