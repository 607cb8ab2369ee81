import { METRICS } from '#catalog'
import type { BoardOf } from './board.ts'

/** Where the events come from. */
export const broker: BoardOf = ({ chosen, rate, explaining }) => ({
  name: 'broker',
  title: 'Petrel: broker and tasks',
  description:
    'The store of the tasks and what comes out of it: is it there, does it lose anything, do tasks end.',
  rows: [
    {
      title: 'Is it there?',
      panels: [
        {
          title: 'Store of the tasks',
          description:
            '1 while the store answers a server. At 0 no task starts, and streams stand still but stay open.',
          unit: 'short',
          width: 12,
          queries: [
            { expr: `min by (job, instance) (${chosen(METRICS.taskBrokerUp)})`, legend: '{{instance}}' },
          ],
          alerts: explaining('Store of the tasks'),
        },
        {
          title: 'Returns of the store',
          description: 'Times that it came back. Many are a connection that flaps.',
          unit: 'reqps',
          width: 12,
          queries: [
            {
              expr: `sum by (instance) (${rate(METRICS.taskBrokerReconnectsTotal)})`,
              legend: '{{instance}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Does it lose anything, and do tasks end?',
      panels: [
        {
          title: 'Sequence gaps',
          description:
            'Gaps in the numbers of events, by where they were found. They are healed from the history: users get late what they should have got at once.',
          unit: 'reqps',
          width: 6,
          queries: [{ expr: `sum by (where) (${rate(METRICS.taskSequenceGapsTotal)})`, legend: '{{where}}' }],
          alerts: explaining('Sequence gaps'),
        },
        {
          title: 'Published events',
          description:
            'Events that tasks published, by type. Work goes on here even when nobody is connected.',
          unit: 'reqps',
          width: 6,
          queries: [
            { expr: `sum by (type) (${rate(METRICS.taskEventsPublishedTotal)})`, legend: '{{type}}' },
          ],
        },
        {
          title: 'Ends of tasks',
          description: 'Tasks that ended, by how. Compare with the ends that were sent on *Delivery*.',
          unit: 'reqps',
          width: 6,
          queries: [
            {
              expr: `sum by (type) (${rate(METRICS.taskEventsPublishedTotal).replace('{', '{type=~"completed|failed|cancelled",')})`,
              legend: '{{type}}',
            },
          ],
        },
        {
          title: 'Subscribers',
          description:
            'Sessions that events are handed to, beside open connections. Many more subscribers than connections are leaked: each costs every event.',
          unit: 'short',
          width: 6,
          queries: [
            {
              expr: `sum by (instance) (${chosen(METRICS.taskSubscribers)})`,
              legend: '{{instance}} subscribers',
            },
            {
              expr: `sum by (instance) (${chosen(METRICS.wsConnections, { state: 'open' })})`,
              legend: '{{instance}} open',
            },
          ],
        },
      ],
    },
  ],
})
