import { terminalSli } from '../slis/terminal.ts'
import { defineBurnRateAlert } from './define.ts'

export const wsTerminalUndelivered = defineBurnRateAlert({
  name: 'WsTerminalUndelivered',
  sli: terminalSli,
  summary: 'Results and review requests do not reach the users who wait for them.',
  description:
    'Users of {{ $labels.job }} wait for a task that has ended: {{ $value | humanizePercentage }} of the results and review requests were still unsent when the session was over.',
  board: 'overview',
  panel: 'Terminal success',
  allowed: { detect: '30s', resolve: '30s' },
})
