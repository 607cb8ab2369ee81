import { METRICS, type Metric, PROCESS_METRICS } from '#catalog'

/** A sample of each second: a value, `_` where nothing was scraped, `stale` where it was gone. */
export type Second = number | '_' | 'stale'

export interface WatchedSeries {
  name: string
  labels: Readonly<Record<string, string>>
  values: readonly Second[]
}

export interface WatchedServer {
  labels: Readonly<Record<'job' | 'instance', string>>
  seconds: number
  /** Good sessions a second, each with its handshake, its frames and its end. */
  good: (second: number) => number
  /** Sessions a second that are accepted and gone within one. */
  flaps?: (second: number) => number
  /** Its process began anew in these seconds. */
  restartsAt?: readonly number[]
  /** It could not be scraped. */
  isDown?: (second: number) => boolean
  /** It could be scraped, and nothing of ours was in the answer. */
  isMute?: (second: number) => boolean
}

/** What moves on a server that serves its users, and by how much of a good session. */
const GOOD: readonly [name: string, labels: Readonly<Record<string, string>>][] = [
  [METRICS.wsHandshakesTotal.name, { outcome: 'accepted', reason: 'ok' }],
  [METRICS.wsSessionsTotal.name, { verdict: 'good', reason: 'delivered' }],
  [METRICS.wsSendsTotal.name, { type: 'completed', outcome: 'ok' }],
  [METRICS.wsOpensTotal.name, { kind: 'first' }],
]
const FLAP: typeof GOOD = [
  [METRICS.wsHandshakesTotal.name, { outcome: 'accepted', reason: 'ok' }],
  [METRICS.wsSessionsTotal.name, { verdict: 'bad', reason: 'short_lived' }],
  [METRICS.wsOpensTotal.name, { kind: 'first' }],
]
const GAUGES: Readonly<Record<string, number>> = {
  [METRICS.wsConnectionsLimit.name]: 100,
  [METRICS.taskBrokerUp.name]: 1,
}
const OPEN = 5
/** Counters of each metric that stay at zero: more of them say nothing else. */
const STILL = 3

/** The series of the catalogue that rules may read, as Prometheus has them from one server. */
export function watchedServer(server: WatchedServer): WatchedSeries[] {
  const {
    seconds,
    good,
    flaps = () => 0,
    isDown = () => false,
    isMute = () => false,
    restartsAt = [],
  } = server
  const isMissing = (second: number) => isDown(second) || isMute(second)
  const scraped = (value: (second: number) => Second) =>
    Array.from({ length: seconds }, (_, second): Second => {
      if (!isMissing(second)) return value(second)
      return second > 0 && !isMissing(second - 1) ? 'stale' : '_'
    })
  const counted = (rate: (second: number) => number) => {
    let value = 0
    const values = Array.from({ length: seconds }, (_, second) => {
      value = restartsAt.includes(second) ? 0 : value + rate(second)
      return value
    })
    return scraped(second => values[second] ?? 0)
  }
  const matches = (all: typeof GOOD, name: string, labels: Readonly<Record<string, string>>) =>
    all.some(
      ([other, wanted]) =>
        other === name && Object.entries(wanted).every(([label, value]) => labels[label] === value),
    )
  const seriesOf = ({ name, type, tuples }: Metric): WatchedSeries[] => {
    const moving = tuples.filter(tuple => matches(GOOD, name, tuple) || matches(FLAP, name, tuple))
    const still = tuples
      .filter(tuple => !moving.includes(tuple))
      .slice(0, type === 'gauge' ? undefined : STILL)
    return [...moving, ...still].flatMap(tuple => {
      const labels = { ...server.labels, ...tuple }
      if (type === 'counter') {
        const isGood = matches(GOOD, name, tuple)
        const isFlap = matches(FLAP, name, tuple)
        const rate = (second: number) => (isGood ? good(second) : 0) + (isFlap ? flaps(second) : 0)
        return [{ name, labels, values: counted(rate) }]
      }
      if (type === 'histogram') {
        const values = counted(good)
        return [
          { name: `${name}_count`, labels, values },
          { name: `${name}_bucket`, labels: { ...labels, le: '0.5' }, values },
        ]
      }
      const isOpen = name === METRICS.wsConnections.name && tuple.state === 'open'
      return [
        {
          name,
          labels,
          values: scraped(second => (isOpen ? (good(second) > 0 ? OPEN : 0) : (GAUGES[name] ?? 0))),
        },
      ]
    })
  }
  return [
    {
      name: 'up',
      labels: server.labels,
      values: Array.from({ length: seconds }, (_, second) => (isDown(second) ? 0 : 1)),
    },
    { name: PROCESS_METRICS.loopLagP99Seconds, labels: server.labels, values: scraped(() => 0.01) },
    ...Object.values<Metric>(METRICS).flatMap(seriesOf),
  ]
}

/** As another clock would have written it: everything so many seconds later. */
export const later = (series: readonly WatchedSeries[], seconds: number): WatchedSeries[] =>
  series.map(one => ({
    ...one,
    values: [...Array.from({ length: seconds }, () => '_' as const), ...one.values].slice(
      0,
      one.values.length,
    ),
  }))
