import { METRICS } from '#catalog'
import type { BoardOf } from './board.ts'

/** Who comes back, how often, and whether it helps. */
export const reconnects: BoardOf = ({ chosen, rate, quantiles, explaining }) => ({
  name: 'reconnects',
  title: 'Petrel: reconnects and clients',
  description:
    'Storms and loops: who comes back, how soon, whether they get what they missed, and who is held back.',
  rows: [
    {
      title: 'Is it one client or all?',
      panels: [
        {
          title: 'Clients by state',
          description:
            'Distinct clients of the last minute. A few that loop among many that are fine is their problem; many that fail is ours.',
          unit: 'short',
          width: 12,
          queries: [{ expr: `sum by (state) (${chosen(METRICS.wsClients)})`, legend: '{{state}}' }],
          alerts: explaining('Clients by state'),
        },
        {
          title: 'Opens, first and again',
          description:
            'Sessions that opened: a client’s first for its task, or its return within a minute. Much `reconnect` is a storm or a flap.',
          unit: 'reqps',
          width: 12,
          queries: [{ expr: `sum by (kind) (${rate(METRICS.wsOpensTotal)})`, legend: '{{kind}}' }],
          alerts: explaining('Opens, first and again'),
        },
      ],
    },
    {
      title: 'How do they come back?',
      panels: [
        {
          title: 'Time until they are back',
          description:
            'From the end of a session to its client’s return. Well-behaved clients spread over their window; a spike at one time is lockstep.',
          unit: 's',
          width: 12,
          queries: quantiles(METRICS.wsReconnectDelaySeconds),
        },
        {
          title: 'Resumes by result',
          description: '`exact` and `nothing_missed` lost nothing; the others got the history anew.',
          unit: 'reqps',
          width: 12,
          queries: [{ expr: `sum by (result) (${rate(METRICS.wsResumesTotal)})`, legend: '{{result}}' }],
        },
      ],
    },
    {
      title: 'Who is held back?',
      panels: [
        {
          title: 'Held back by admission',
          description: 'Requests that were turned away to protect the server, by rule.',
          unit: 'reqps',
          width: 8,
          queries: [
            { expr: `sum by (reason) (${rate(METRICS.wsAdmissionRefusalsTotal)})`, legend: '{{reason}}' },
          ],
        },
        {
          title: 'Loops that were broken',
          description: 'Times that a client began to loop and was held back by itself.',
          unit: 'reqps',
          width: 8,
          queries: [{ expr: `sum by (job) (${rate(METRICS.wsLoopBreakerTripsTotal)})`, legend: '{{job}}' }],
        },
        {
          title: 'Frames from clients',
          description:
            'What clients send, bad frames by what was wrong with them. `flood` and `malformed` are closed with a code.',
          unit: 'reqps',
          width: 8,
          queries: [{ expr: `sum by (type) (${rate(METRICS.wsMessagesReceivedTotal)})`, legend: '{{type}}' }],
        },
      ],
    },
  ],
})
