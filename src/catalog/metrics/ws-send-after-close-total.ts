import { defineMetric } from './define.ts'

export const CLOSE_CAUSES = ['local_close', 'peer_close', 'fin', 'error', 'terminate'] as const
export type CloseCause = (typeof CLOSE_CAUSES)[number]

/**
 * `peer_close` with `first` is a race that is to be expected. `local_close`, or `again` (the wrapper had
 * already told the caller that this socket is closed), is a bug of the server.
 */
export const wsSendAfterCloseTotal = defineMetric({
  name: 'ws_send_after_close_total',
  type: 'counter',
  help: 'Sends into a socket that was closing or closed, by what closed it and whether the caller knew.',
  labels: ['cause', 'repeat'],
  tuples: CLOSE_CAUSES.flatMap(cause => [
    { cause, repeat: 'first' },
    { cause, repeat: 'again' },
  ]),
})
