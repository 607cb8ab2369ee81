import { METRICS, PROCESS_METRICS } from '#catalog'
import type { BoardOf } from './board.ts'

/** What wears a server down. */
export const processBoard: BoardOf = ({ named, chosen, explaining }) => {
  const rated = (name: string) => `rate(${named(name)}[$__rate_interval])`
  const each = (expr: string) => [{ expr: `sum by (instance) (${expr})`, legend: '{{instance}}' }]
  return {
    name: 'process',
    title: 'Petrel: process',
    description:
      'The Node processes behind the streams: the event loop first, since everything waits for it.',
    rows: [
      {
        title: 'Does everything wait?',
        panels: [
          {
            title: 'Event loop lag',
            description:
              '99th percentile of how late the event loop was since the last scrape. Every user of that server waits for so long.',
            unit: 's',
            width: 12,
            limit: 0.2,
            queries: [
              {
                expr: `max by (instance) (${named(PROCESS_METRICS.loopLagP99Seconds)})`,
                legend: '{{instance}}',
              },
            ],
            alerts: explaining('Event loop lag'),
          },
          {
            title: 'CPU',
            description: 'Cores in use. Node’s own work runs on one: near 1 the event loop is full.',
            unit: 'short',
            width: 12,
            limit: 0.9,
            queries: each(rated(PROCESS_METRICS.cpuSeconds)),
          },
        ],
      },
      {
        title: 'Does it run out of something?',
        panels: [
          {
            title: 'Memory',
            description:
              'Resident memory and the part that is the heap of JavaScript. A slope without end is a leak of sessions or subscriptions.',
            unit: 'bytes',
            width: 8,
            queries: [
              {
                expr: `sum by (instance) (${named(PROCESS_METRICS.residentBytes)})`,
                legend: '{{instance}} resident',
              },
              {
                expr: `sum by (instance) (${named(PROCESS_METRICS.heapBytes)})`,
                legend: '{{instance}} heap',
              },
            ],
          },
          {
            title: 'Descriptors',
            description:
              'Open descriptors as a share of the limit: each stream needs one. At 100 % accepts fail.',
            unit: 'percentunit',
            width: 8,
            limit: 0.8,
            queries: [
              {
                expr: `sum by (instance) (${named(PROCESS_METRICS.openDescriptors)}) / sum by (instance) (${named(PROCESS_METRICS.maxDescriptors)})`,
                legend: '{{instance}}',
              },
            ],
          },
          {
            title: 'Garbage collection',
            description: 'Share of the time in which the collector stopped everything else.',
            unit: 'percentunit',
            width: 8,
            queries: each(rated(`${PROCESS_METRICS.gcSeconds}_sum`)),
          },
        ],
      },
      {
        title: 'Did it restart, or is it a drill?',
        panels: [
          {
            title: 'Uptime',
            description:
              'Time since each process began. A step down is a restart: every client of it came back.',
            unit: 's',
            width: 16,
            queries: each(`time() - ${named(PROCESS_METRICS.startTime)}`),
          },
          {
            title: 'Fault switches that are on',
            description:
              'Of the reference server. Where one is on, what you see was made on purpose: ask who drills before you mend it.',
            unit: 'short',
            width: 8,
            queries: [
              {
                expr: `sum by (fault, variant) (${chosen(METRICS.petrelFaultActive)}) > 0`,
                legend: '{{fault}} {{variant}}',
              },
            ],
          },
        ],
      },
    ],
  }
}
