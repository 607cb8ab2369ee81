import { wsSendAfterCloseTotal } from '../metrics/ws-send-after-close-total.ts'
import { defineRateAlert } from './define.ts'

export const wsSendAfterClose = defineRateAlert({
  name: 'WsSendAfterClose',
  severity: 'warning',
  summary: 'The server sends into sockets that it knows are closed.',
  description:
    'A handler of {{ $labels.job }} sends {{ $value | humanize }} times a second into closed sockets: an error path is wrong and hides the first error.',
  metric: wsSendAfterCloseTotal,
  where: [{ repeat: 'again' }, { cause: 'local_close', repeat: 'first' }],
  windows: {
    production: { window: '5m', above: 0, for: '1m', keepFiringFor: '5m' },
    drill: { window: '10s', above: 0, for: '2s', keepFiringFor: '5s' },
  },
  board: 'overview',
  panel: 'Sends after close',
  allowed: { detect: '30s', resolve: '30s' },
})
