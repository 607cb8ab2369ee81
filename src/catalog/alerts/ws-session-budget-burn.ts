import { sessionSli } from '../slis/session.ts'
import { defineBurnRateAlert } from './define.ts'

export const wsSessionBudgetBurn = defineBurnRateAlert({
  name: 'WsSessionBudgetBurn',
  sli: sessionSli,
  summary: 'Stream sessions fail faster than the error budget allows.',
  description:
    'Users of {{ $labels.job }} connect but are not served: {{ $value | humanizePercentage }} of their sessions end before the stream was of use.',
  board: 'overview',
  panel: 'Session success',
  allowed: { detect: '30s', resolve: '30s' },
})
