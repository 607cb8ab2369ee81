import { METRICS } from '#catalog'
import type { Chart, Series } from '#report'
import type { LoadResult } from '#run'
import { clientSeries } from './client-series.ts'
import { serverSeries } from './server/server-series.ts'
import type { Reading } from './server/watch-server.ts'

const PER_SECOND = 'per second'
const CODE_CLASSES = [...new Set(METRICS.wsClosesTotal.tuples.map(({ code_class }) => code_class))]

/** Both ends over time, laid over each other; of a server without metrics the clients' end alone. */
export function chartsOf(load: LoadResult, readings: readonly Reading[]): Chart[] {
  const clients = clientSeries(load)
  const server = serverSeries(readings)
  const handshakes = METRICS.wsHandshakesTotal
  const sessions = METRICS.wsSessionsTotal
  const chart = (title: string, unit: string, ...series: readonly Series[][]): Chart => ({
    title,
    unit,
    series: series.flat(),
  })
  const closes = chart(
    'Closes by code',
    PER_SECOND,
    clients.closes().filter(isMoved),
    CODE_CLASSES.flatMap(code_class =>
      server.rate(code_class, samples => samples.sum(METRICS.wsClosesTotal, { code_class })),
    ).filter(isMoved),
  )
  const charts = [
    chart(
      'Handshakes',
      PER_SECOND,
      clients.rate('accepted', point => point.accepted),
      clients.rate('refused', point => point.refused),
      server.rate('accepted', samples => samples.sum(handshakes, { outcome: 'accepted' })),
      server.rate('refused', samples => samples.sum(handshakes, { outcome: 'refused' })),
    ),
    chart(
      'Sessions',
      PER_SECOND,
      clients.rate('usable', point => point.usable),
      server.rate('good', samples => samples.sum(sessions, { verdict: 'good' })),
      server.rate('bad', samples => samples.sum(sessions, { verdict: 'bad' })),
    ),
    chart(
      'Sockets',
      'open',
      clients.level('open', point => point.open),
      server.level('open and closing', samples => samples.sum(METRICS.wsConnections)),
    ),
    chart(
      'Frames',
      PER_SECOND,
      clients.rate('received', point => point.frames),
      server.rate('sent', samples => samples.sum(METRICS.wsSendsTotal, { outcome: 'ok' })),
    ),
    closes,
    chart(
      'Time of a handshake',
      'ms',
      clients.percentiles(point => point.connectMs),
      server.p95(METRICS.wsHandshakeSeconds, { outcome: 'accepted' }),
    ),
    // The clients count from their dial, the server from its 101.
    chart(
      'Time to the first useful frame',
      'ms',
      clients.percentiles(point => point.firstMessageMs),
      server.p95(METRICS.wsFirstMessageSeconds),
    ),
    chart('Recovery: lost streams that are back', 'share', clients.recovery()),
  ]
  return charts.filter(({ series }) => series.length > 0)
}

const isMoved = ({ points }: Series) => points.some(([, value]) => value !== null && value > 0)
