import { METRICS } from '#catalog'
import type { Chart, Series } from '#report'
import type { LoadResult, PhaseFigures } from '#run'
import type { Samples } from './server/samples.ts'
import type { Reading } from './server/watch-server.ts'

const PER_SECOND = 'per second'

/** Both ends over time: the server second by second, the clients as the average of each phase. */
export function chartsOf(load: LoadResult, readings: readonly Reading[]): Chart[] {
  const rate = (name: string, count: (samples: Samples) => number): Series => ({
    name: `${name} (server)`,
    unit: PER_SECOND,
    points: readings.slice(1).map((reading, index): [number, number | null] => {
      const last = readings[index] as Reading
      const seconds = (reading.at - last.at) / 1_000
      const grown = count(reading.samples) - count(last.samples)
      // A counter that went back belongs to another process.
      return [reading.at, seconds > 0 && grown >= 0 ? grown / seconds : null]
    }),
  })
  const client = (name: string, of: (phase: PhaseFigures) => number): Series => ({
    name: `${name} (clients)`,
    unit: PER_SECOND,
    points: phasesOf(load).flatMap(phase => {
      const perSecond = of(phase) / Math.max(0.001, (phase.to - phase.from) / 1_000)
      return [
        [phase.from, perSecond],
        [phase.to, perSecond],
      ] as [number, number | null][]
    }),
  })
  const handshakes = METRICS.wsHandshakesTotal
  const onServer = readings.length > 1
  const server = (series: Series) => (onServer ? [series] : [])
  return [
    {
      title: 'Handshakes',
      unit: PER_SECOND,
      series: [
        client('accepted', phase => phase.accepted),
        client('refused', phase => Object.values(phase.refused).reduce((sum, count) => sum + count, 0)),
        ...server(rate('accepted', samples => samples.sum(handshakes, { outcome: 'accepted' }))),
        ...server(rate('refused', samples => samples.sum(handshakes, { outcome: 'refused' }))),
      ],
    },
    {
      title: 'Sessions',
      unit: PER_SECOND,
      series: [
        client('usable', phase => phase.usable),
        ...server(rate('good', samples => samples.sum(METRICS.wsSessionsTotal, { verdict: 'good' }))),
        ...server(rate('bad', samples => samples.sum(METRICS.wsSessionsTotal, { verdict: 'bad' }))),
      ],
    },
    ...(onServer
      ? [
          {
            title: 'Sockets',
            unit: 'open',
            series: [
              {
                name: 'open and closing (server)',
                unit: 'open',
                points: readings.map(({ at, samples }): [number, number | null] => [
                  at,
                  samples.sum(METRICS.wsConnections),
                ]),
              },
            ],
          },
          {
            title: 'Closes by code',
            unit: PER_SECOND,
            series: ['normal', 'going_away', 'abnormal', 'error'].map(code_class =>
              rate(code_class, samples => samples.sum(METRICS.wsClosesTotal, { code_class })),
            ),
          },
          {
            title: 'Frames sent',
            unit: PER_SECOND,
            series: [rate('sent', samples => samples.sum(METRICS.wsSendsTotal, { outcome: 'ok' }))],
          },
        ]
      : []),
  ]
}

/** The phases in their order in time. */
const phasesOf = (load: LoadResult) => Object.values(load.phases).toSorted((a, b) => a.from - b.from)
