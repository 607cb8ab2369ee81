import { METRICS } from '#catalog'
import type { BoardOf } from './board.ts'

/** Who is refused, why, and where they wanted to go. */
export const handshakes: BoardOf = ({ rate, quantiles, chosen }) => {
  const byRoute = (text: string) =>
    text.replace('instance=~"$instance"', 'instance=~"$instance",route=~"$route"')
  const routed = (where = {}) => byRoute(rate(METRICS.wsHandshakesTotal, where))
  return {
    name: 'handshakes',
    title: 'Petrel: handshakes and wrong paths',
    description: 'For the refused regime: who is refused, with what reason, on which path, how fast.',
    variables: ['route'],
    rows: [
      {
        title: 'Do they get in?',
        panels: [
          {
            title: 'Accepted by route',
            description:
              'Handshakes that were answered with 101, by the route they asked for. A route that falls to zero while others go on has lost its clients.',
            unit: 'reqps',
            width: 12,
            queries: [{ expr: `sum by (route) (${routed({ outcome: 'accepted' })})`, legend: '{{route}}' }],
          },
          {
            title: 'Refusals by reason',
            description: "Refused handshakes by the server's own reason: that decides whose work it is.",
            unit: 'reqps',
            width: 12,
            queries: [{ expr: `sum by (reason) (${routed({ outcome: 'refused' })})`, legend: '{{reason}}' }],
          },
        ],
      },
      {
        title: 'Where did they want to go?',
        panels: [
          {
            title: 'Near misses',
            description:
              'Paths that are no stream, by what they nearly were. One kind alone is a client with another constant; many kinds are scanners.',
            unit: 'reqps',
            width: 12,
            queries: [
              { expr: `sum by (near_miss) (${rate(METRICS.wsUnmatchedPathTotal)})`, legend: '{{near_miss}}' },
            ],
          },
          {
            title: 'Refusals by status',
            description:
              'What the client got. A browser shows its page nothing but code 1006, whatever the status; 101 is a refusal that it can read.',
            unit: 'reqps',
            width: 12,
            queries: [{ expr: `sum by (status) (${routed({ outcome: 'refused' })})`, legend: '{{status}}' }],
          },
        ],
      },
      {
        title: 'What does it cost?',
        panels: [
          {
            title: 'Time to the answer',
            description:
              'From the raw upgrade event to the first byte of the answer. Clients and proxies give up on slow ones.',
            unit: 's',
            width: 8,
            queries: quantiles(METRICS.wsHandshakeSeconds),
          },
          {
            title: 'Turned away by admission',
            description:
              'Requests that were right and were refused to protect the server, by the rule that did it.',
            unit: 'reqps',
            width: 8,
            queries: [
              { expr: `sum by (reason) (${rate(METRICS.wsAdmissionRefusalsTotal)})`, legend: '{{reason}}' },
            ],
          },
          {
            title: 'Open connections',
            description:
              'Open connections of each server. Refusals with a falling number here are a storm that keeps everybody out.',
            unit: 'short',
            width: 8,
            queries: [
              {
                expr: `sum by (instance) (${chosen(METRICS.wsConnections, { state: 'open' })})`,
                legend: '{{instance}}',
              },
            ],
          },
        ],
      },
    ],
  }
}
