import { LOAD_METRICS, METRICS } from '#catalog'
import type { BoardOf } from './board.ts'

/** Both ends of the wire in one picture. */
export const loadRun: BoardOf = ({ rate, quantiles, chosen }) => {
  // The generator is no instance of the job that it loads.
  const k6 = (name: string) => `${name}{job=~"$job"}`
  const k6Rate = (name: string) => `sum by (job) (rate(${k6(name)}[$__rate_interval]))`
  return {
    name: 'load-run',
    title: 'Petrel: load run',
    description:
      'k6 and the server overlaid. Where both ends differ, something between them eats traffic, or the generator is late.',
    rows: [
      {
        title: 'Do both ends agree?',
        panels: [
          {
            title: 'Attempts and handshakes',
            description: 'What k6 tried beside what the server saw. A gap is what never arrived.',
            unit: 'reqps',
            width: 8,
            queries: [
              { expr: k6Rate(LOAD_METRICS.attempts), legend: '{{job}} k6 tried' },
              { expr: `sum by (job) (${rate(METRICS.wsHandshakesTotal)})`, legend: '{{job}} server saw' },
            ],
          },
          {
            title: 'Accepted at both ends',
            description: 'Opens that k6 had beside those that the server gave.',
            unit: 'reqps',
            width: 8,
            queries: [
              { expr: k6Rate(LOAD_METRICS.accepted), legend: '{{job}} k6' },
              {
                expr: `sum by (job) (${rate(METRICS.wsHandshakesTotal, { outcome: 'accepted' })})`,
                legend: '{{job}} server',
              },
            ],
          },
          {
            title: 'Usable and good sessions',
            description:
              'Sessions that were of use to the client beside those that the server calls good. Only the client knows the truth.',
            unit: 'reqps',
            width: 8,
            queries: [
              { expr: k6Rate(LOAD_METRICS.usable), legend: '{{job}} k6 usable' },
              {
                expr: `sum by (job) (${rate(METRICS.wsSessionsTotal, { verdict: 'good' })})`,
                legend: '{{job}} server good',
              },
            ],
          },
        ],
      },
      {
        title: 'How long does it take?',
        panels: [
          {
            title: 'Connect, 99th percentile at the client',
            description: 'From the dial to the open, as k6 measured it.',
            unit: 'ms',
            width: 8,
            queries: [{ expr: k6(LOAD_METRICS.connectP99Ms), legend: '{{job}} {{phase}}' }],
          },
          {
            title: 'First message, 99th percentile at the client',
            description: 'From the dial to the first useful frame, as k6 measured it.',
            unit: 'ms',
            width: 8,
            queries: [{ expr: k6(LOAD_METRICS.firstMessageP99Ms), legend: '{{job}} {{phase}}' }],
          },
          {
            title: 'First message at the server',
            description:
              'The same from the server’s side, from the accept: the difference is the network and the handshake.',
            unit: 's',
            width: 8,
            queries: quantiles(METRICS.wsFirstMessageSeconds),
          },
        ],
      },
      {
        title: 'Can the run be trusted?',
        panels: [
          {
            title: 'Lateness of the generator',
            description:
              '99th percentile of how late k6’s timers fired. Over the line the run proves nothing.',
            unit: 'ms',
            width: 8,
            limit: 1_000,
            queries: [{ expr: k6(LOAD_METRICS.timerLagP99Ms), legend: '{{job}}' }],
          },
          {
            title: 'Stream errors that clients saw',
            description: 'Gaps, repetitions and progress that went back. It must be zero.',
            unit: 'reqps',
            width: 8,
            // k6 has no counter before it counts: a clean run shows a zero, not nothing.
            queries: [
              {
                expr: `${k6Rate(LOAD_METRICS.streamErrors)} or 0 * ${k6Rate(LOAD_METRICS.attempts)}`,
                legend: '{{job}}',
              },
            ],
          },
          {
            title: 'Reconnects and open connections',
            description: 'Returns that k6 made, beside the connections that the server holds.',
            unit: 'short',
            width: 8,
            queries: [
              { expr: k6Rate(LOAD_METRICS.reconnects), legend: '{{job}} reconnects per second' },
              {
                expr: `sum by (job) (${chosen(METRICS.wsConnections, { state: 'open' })})`,
                legend: '{{job}} open',
              },
            ],
          },
        ],
      },
    ],
  }
}
