import { continuitySli } from '../slis/continuity.ts'
import { defineBurnRateAlert } from './define.ts'

export const wsSessionsInterrupted = defineBurnRateAlert({
  name: 'WsSessionsInterrupted',
  sli: continuitySli,
  summary: 'Sessions that served their users lose their stream before their task ends.',
  description:
    'Users of {{ $labels.job }} see their progress stop: {{ $value | humanizePercentage }} of the sessions that worked are cut off before their task ends.',
  board: 'overview',
  panel: 'Continuity success',
  allowed: { detect: '30s', resolve: '30s' },
})
