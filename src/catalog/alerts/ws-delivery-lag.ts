import { deliverySli } from '../slis/delivery.ts'
import { defineBurnRateAlert } from './define.ts'

export const wsDeliveryLag = defineBurnRateAlert({
  name: 'WsDeliveryLag',
  sli: deliverySli,
  summary: 'Events reach their sockets later than half a second after they were published.',
  description:
    'Users of {{ $labels.job }} watch progress that is old: {{ $value | humanizePercentage }} of the deliveries take longer than 500 ms.',
  board: 'overview',
  panel: 'Delivery success',
  allowed: { detect: '30s', resolve: '30s' },
})
