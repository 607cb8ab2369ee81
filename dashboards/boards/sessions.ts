import { METRICS } from '#catalog'
import { shareOf } from '../rules/level-rule.ts'
import type { BoardOf } from './board.ts'

/** How long sessions live, and who ends them. */
export const sessions: BoardOf = ({ chosen, rate, quantiles, explaining }) => ({
  name: 'sessions',
  title: 'Petrel: sessions and closes',
  description:
    'For the flapping regime and for lost connections: how sessions go, how long they live, who ends them.',
  rows: [
    {
      title: 'How do sessions go?',
      panels: [
        {
          title: 'Good sessions',
          description: 'Sessions that served their user, by how that was decided.',
          unit: 'reqps',
          width: 8,
          queries: [
            {
              expr: `sum by (reason) (${rate(METRICS.wsSessionsTotal, { verdict: 'good' })})`,
              legend: '{{reason}}',
            },
          ],
        },
        {
          title: 'Bad sessions',
          description:
            '`short_lived` is a flap, `silent` a slow history or a blocked loop, `server_error` a handler that fails.',
          unit: 'reqps',
          width: 8,
          queries: [
            {
              expr: `sum by (reason) (${rate(METRICS.wsSessionsTotal, { verdict: 'bad' })})`,
              legend: '{{reason}}',
            },
          ],
        },
        {
          title: 'Interruptions',
          description:
            'Good sessions that lost their stream before their task ended, by what took it. A drain that was announced is none.',
          unit: 'reqps',
          width: 8,
          queries: [
            { expr: `sum by (reason) (${rate(METRICS.wsSessionInterruptionsTotal)})`, legend: '{{reason}}' },
          ],
        },
      ],
    },
    {
      title: 'Who ends them?',
      panels: [
        {
          title: 'Closes by initiator',
          description:
            'Who began the close. In a flap it is the client; a deployment that kills shows the network.',
          unit: 'reqps',
          width: 6,
          queries: [{ expr: `sum by (initiator) (${rate(METRICS.wsClosesTotal)})`, legend: '{{initiator}}' }],
        },
        {
          title: 'Closes by class of code',
          description:
            '`abnormal` is a connection that was lost, `error` a server that failed, `stop` a client that must not come back.',
          unit: 'reqps',
          width: 6,
          queries: [
            { expr: `sum by (code_class) (${rate(METRICS.wsClosesTotal)})`, legend: '{{code_class}}' },
          ],
        },
        {
          title: 'Length of sessions',
          description:
            'From the 101 to the end of the socket. Equal lengths of a minute or so are a proxy that cuts.',
          unit: 's',
          width: 6,
          queries: quantiles(METRICS.wsSessionSeconds),
        },
        {
          title: 'Ended and still open',
          description:
            'Connections whose task is over and told: the server should have closed them. A slope without end fills the server with dead streams.',
          unit: 'short',
          width: 6,
          queries: [
            {
              expr: `sum by (instance) (${chosen(METRICS.wsFinishedConnections)})`,
              legend: '{{instance}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Are they alive, and is there room?',
      panels: [
        {
          title: 'Heartbeat timeouts',
          description:
            'Sessions that were ended since no pong came: clients that vanished without a goodbye.',
          unit: 'reqps',
          width: 6,
          queries: [{ expr: `sum by (job) (${rate(METRICS.wsHeartbeatTimeoutsTotal)})`, legend: '{{job}}' }],
          alerts: explaining('Heartbeat timeouts'),
        },
        {
          title: 'Heartbeat round trip',
          description: 'From a ping to its pong. It grows before clients are lost.',
          unit: 's',
          width: 6,
          queries: quantiles(METRICS.wsHeartbeatRttSeconds),
        },
        {
          title: 'Connections and their limit',
          description:
            'Share of its limit that each server holds. Over the line the next deployment or drop turns users away.',
          unit: 'percentunit',
          width: 6,
          limit: 0.8,
          queries: [
            {
              expr: shareOf(
                chosen(METRICS.wsConnections, { state: 'open' }),
                chosen(METRICS.wsConnectionsLimit),
              ),
              legend: '{{instance}}',
            },
          ],
          alerts: explaining('Connections and their limit'),
        },
        {
          title: 'Drain',
          description:
            'Sessions that a draining server has still to send away. It must fall to zero within the grace time.',
          unit: 'short',
          width: 6,
          queries: [
            {
              expr: `sum by (instance) (${chosen(METRICS.wsDrainRemaining)})`,
              legend: '{{instance}} remaining',
            },
            { expr: `sum by (instance) (${chosen(METRICS.wsDrainState)})`, legend: '{{instance}} draining' },
          ],
          alerts: explaining('Drain'),
        },
      ],
    },
  ],
})
