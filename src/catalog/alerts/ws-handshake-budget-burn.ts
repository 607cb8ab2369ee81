import { handshakeSli } from '../slis/handshake.ts'
import { defineBurnRateAlert } from './define.ts'

export const wsHandshakeBudgetBurn = defineBurnRateAlert({
  name: 'WsHandshakeBudgetBurn',
  sli: handshakeSli,
  summary: 'Stream handshakes are refused faster than the error budget allows.',
  description:
    'Users of {{ $labels.job }} cannot connect: {{ $value | humanizePercentage }} of the handshakes are refused.',
  board: 'overview',
  panel: 'Handshake success',
  allowed: { detect: '30s', resolve: '30s' },
})
