import { METRICS } from '#catalog'
import type { BoardOf } from './board.ts'

/** Does what is published arrive, and in time. */
export const delivery: BoardOf = ({ chosen, rate, quantiles, explaining }) => ({
  name: 'delivery',
  title: 'Petrel: delivery and send-after-close',
  description:
    'From the publishing of an event to the socket: how late, how much is lost, and sends that can never arrive.',
  rows: [
    {
      title: 'Does it arrive in time?',
      panels: [
        {
          title: 'Delivery lag',
          description:
            'From the publishing to the write, one figure for each round of at most 512 receivers. Over half a second a progress bar looks dead.',
          unit: 's',
          width: 8,
          limit: 0.5,
          queries: quantiles(METRICS.wsDeliveryLagSeconds),
        },
        {
          title: 'Time to the first message',
          description:
            'From the accept to the first frame that tells the user something. Over 2 s the session counts as silent.',
          unit: 's',
          width: 8,
          limit: 2,
          queries: quantiles(METRICS.wsFirstMessageSeconds),
        },
        {
          title: 'Undelivered ends',
          description:
            'Results and review requests that were unsent when their session ended. Their users wait for something that has happened.',
          unit: 'reqps',
          width: 8,
          queries: [
            { expr: `sum by (type) (${rate(METRICS.wsTerminalUndeliveredTotal)})`, legend: '{{type}}' },
          ],
        },
      ],
    },
    {
      title: 'Do clients keep up?',
      panels: [
        {
          title: 'Slow consumers',
          description:
            'What was done about clients that read too slowly: progress merged, dropped at the end, or the client closed.',
          unit: 'reqps',
          width: 8,
          queries: [
            { expr: `sum by (action) (${rate(METRICS.wsSlowConsumerActionsTotal)})`, legend: '{{action}}' },
          ],
          alerts: explaining('Slow consumers'),
        },
        {
          title: 'Waiting bytes',
          description:
            'Bytes that were sent and are still in the server. A slope without end is a client that does not read.',
          unit: 'bytes',
          width: 8,
          queries: [
            { expr: `sum by (instance) (${chosen(METRICS.wsBufferedBytes)})`, legend: '{{instance}}' },
          ],
        },
        {
          title: 'Frames by type',
          description:
            'Frames that were written, by type. Compare progress with ends: a task that never ends shows here.',
          unit: 'wps',
          width: 8,
          queries: [
            { expr: `sum by (type) (${rate(METRICS.wsSendsTotal, { outcome: 'ok' })})`, legend: '{{type}}' },
          ],
        },
      ],
    },
    {
      title: 'Sends that can never arrive',
      panels: [
        {
          title: 'Sends after close by cause',
          description:
            'What had closed the socket, and whether the caller knew. `again` and `local_close` are bugs of ours.',
          unit: 'reqps',
          width: 8,
          queries: [
            {
              expr: `sum by (cause, repeat) (${rate(METRICS.wsSendAfterCloseTotal)})`,
              legend: '{{cause}} {{repeat}}',
            },
          ],
        },
        {
          title: 'Lost frames by type',
          description:
            'Which frames were sent into closed sockets. `error` after `current_status` is the incident: a catch block that sends.',
          unit: 'wps',
          width: 8,
          queries: [
            {
              expr: `sum by (type) (${rate(METRICS.wsSendsTotal, { outcome: 'after_close' })})`,
              legend: '{{type}}',
            },
          ],
        },
        {
          title: 'Length of a close',
          description:
            'From the start of a close to its end. While it lasts every send is lost without a sign.',
          unit: 's',
          width: 8,
          queries: quantiles(METRICS.wsClosingWindowSeconds),
        },
      ],
    },
  ],
})
