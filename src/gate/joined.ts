import { METRICS, type Scenario } from '#catalog'
import type { LoadResult } from '#run'
import type { Check } from './result.ts'
import { type ServerWindow, socketsOf } from './server/watch-server.ts'

/** One figure that both ends of the wire know. */
interface BothEnds {
  id: JoinedId
  clients: number
  server: number
  /** How many more, and how many fewer, the clients may have counted than the server. */
  more: number
  fewer: number
  /** The same in words, with its reason. */
  tolerance: string
}

/** Every check that needs both ends, as id → title. */
export const JOINED = {
  'joined/handshakes-accepted': 'handshakes that clients saw accepted, and that the server accepted',
  'joined/handshakes-refused': 'handshakes that clients saw refused, and that the server refused',
  'joined/sessions-good': 'sessions that served their client',
  'joined/frames-delivered': 'frames that clients received, and that the server sent',
  'joined/sends-after-close': 'sends after a close that the server knew of',
  'joined/sockets-left': 'sockets that are left when the crowd has gone',
  'joined/subscriptions-left': 'subscriptions to tasks that are left when the crowd has gone',
} as const
type JoinedId = keyof typeof JOINED

const OTHERS = 'clients beside the crowd are connected too, whom k6 does not count'
/** What one end cannot see, by who causes the fault of the scenario. */
const BLIND: Partial<Record<Scenario['cause']['by'], Partial<Record<JoinedId, string>>>> = {
  'front-door': {
    'joined/handshakes-refused': 'a front door refuses them, and the server never hears of it',
  },
  'bad-readers': {
    'joined/handshakes-accepted': OTHERS,
    'joined/sessions-good': OTHERS,
    'joined/frames-delivered': OTHERS,
  },
}

/** Behaviours of clients that leave as their task ends: what the server delivered may have met nobody. */
const RACES: readonly string[] = ['drops-at-random', 'drops-at-the-end']
const RACED: Partial<Record<JoinedId, string>> = {
  'joined/sessions-good': 'clients leave while their task ends: the server delivered, and they had gone',
}

const REPLACED = 'the servers are replaced meanwhile, and each begins to count anew'

/** All of them, where the scenario replaces the servers. */
export function leftOutJoined(): Check[] {
  return (Object.keys(JOINED) as JoinedId[]).map(id => check(id, { verdict: 'left_out', note: REPLACED }))
}

/** All of them, unproven for one reason. */
export function unprovenJoined(note: string): Check[] {
  return (Object.keys(JOINED) as JoinedId[]).map(id => check(id, { note }))
}

/**
 * Lays what the clients counted against what the server counted over the same window. A disagreement means that one
 * end is blind: frames lost on the way, sockets that nobody knows of, a server that is loaded by somebody else.
 */
export function joinedChecks(
  load: LoadResult,
  window: ServerWindow,
  scenario: Pick<Scenario, 'cause' | 'behaviour'>,
): Check[] {
  const { before, after } = window
  if (after === undefined) return unprovenJoined(window.problems.join('; '))
  const grown: Grown = (metric, where) => after.sum(metric, where) - before.sum(metric, where)
  const total = METRICS.wsHandshakesTotal
  // Counters of a process that began anew start at zero: differences mean nothing then.
  if (grown(total) < 0 || grown(METRICS.wsSendsTotal) < 0) {
    return unprovenJoined("the server's counters went back: it was started anew during the load")
  }
  return [
    ...bothEnds(load, grown).map(row => {
      const note =
        BLIND[scenario.cause.by]?.[row.id] ?? (RACES.includes(scenario.behaviour) ? RACED[row.id] : undefined)
      return note === undefined ? compare(row) : check(row.id, { verdict: 'left_out', note })
    }),
    sendsAfterClose(grown),
    left('joined/sockets-left', 'sockets', socketsOf(before), socketsOf(after)),
    subscriptionsLeft(window),
  ]
}

type Grown = <Label extends string>(
  metric: { name: string; labels: readonly Label[] },
  where?: Readonly<Partial<Record<Label, string>>>,
) => number

function bothEnds(load: LoadResult, grown: Grown): BothEnds[] {
  const phases = Object.values(load.phases)
  const sum = (of: (phase: (typeof phases)[number]) => number) =>
    phases.reduce((all, phase) => all + of(phase), 0)
  const handshakes = METRICS.wsHandshakesTotal
  const accepted = grown(handshakes, { outcome: 'accepted' })
  // Accepted so that a browser can read the reason, then closed: to the client that is a 101 too.
  const acceptedToRefuse = grown(handshakes, { outcome: 'refused', status: '101' })
  const seenAccepted = accepted + acceptedToRefuse
  const refused = grown(handshakes, { outcome: 'refused' }) - acceptedToRefuse
  const good = grown(METRICS.wsSessionsTotal, { verdict: 'good' })
  const bad = grown(METRICS.wsSessionsTotal, { verdict: 'bad' })
  const cut = CUT.reduce((all, reason) => all + grown(METRICS.wsSessionsTotal, { verdict: 'bad', reason }), 0)
  const rows: BothEnds[] = [
    {
      id: 'joined/handshakes-accepted',
      clients: sum(phase => phase.accepted),
      server: seenAccepted,
      ...share(seenAccepted, 0.01, 1),
    },
    {
      id: 'joined/handshakes-refused',
      clients: sum(phase => Object.values(phase.refused).reduce((all, count) => all + count, 0)),
      server: refused,
      ...share(refused, 0.01, 1),
    },
    {
      id: 'joined/sessions-good',
      clients: sum(phase => phase.usable),
      server: good,
      ...sessionsTolerance(
        good,
        cut,
        sum(phase => phase.overstayed),
      ),
    },
  ]
  const { messagesReceived } = load
  if (messagesReceived !== null) {
    const sent = grown(METRICS.wsSendsTotal, { outcome: 'ok' })
    rows.push({
      id: 'joined/frames-delivered',
      clients: messagesReceived,
      server: sent,
      more: Math.max(2, 0.02 * sent),
      fewer: Math.max(2, 0.02 * sent) + FRAMES_EACH * bad,
      tolerance: `2 %, at least 2, and ${FRAMES_EACH} for each of ${bad} bad sessions, whose client may have left before it read them`,
    })
  }
  return rows
}

/** Frames that a server writes before it can learn that its client has gone: greeting, snapshot, one event. */
const FRAMES_EACH = 3

/** A session that is cut after a second has served its client by the client's rule, and by the server's not before 5 s. */
const CUT = ['network', 'server_close', 'server_error'] as const

/** One end sees a second pass a moment before the other; beside that both rules differ in two known cases. */
function sessionsTolerance(good: number, cut: number, overstayed: number) {
  const { more, fewer, tolerance } = share(good, 0.02, 2)
  return {
    more: more + cut,
    fewer: fewer + overstayed,
    tolerance: `${tolerance}; up to ${cut} more that were cut, up to ${overstayed} fewer that the generator kept too long`,
  }
}

const share = (of: number, part: number, least: number) => ({
  more: Math.max(least, part * of),
  fewer: Math.max(least, part * of),
  tolerance: `${part * 100} %, at least ${least}`,
})

function compare({ id, clients, server, more, fewer, tolerance }: BothEnds): Check {
  const apart = Math.abs(clients - server)
  const agree = clients - server <= more && server - clients <= fewer
  return check(id, {
    verdict: agree ? 'held' : 'did_not_hold',
    measured: clients,
    server,
    limit: `clients at most ${Math.floor(more)} more or ${Math.floor(fewer)} fewer (${tolerance})`,
    note: agree ? '' : `the clients counted ${clients}, the server ${server}: ${apart} apart`,
  })
}

function sendsAfterClose(grown: Grown): Check {
  const metric = METRICS.wsSendAfterCloseTotal
  const count = grown(metric, { repeat: 'again' }) + grown(metric, { repeat: 'first', cause: 'local_close' })
  return check('joined/sends-after-close', {
    verdict: count === 0 ? 'held' : 'did_not_hold',
    server: count,
    limit: '== 0',
    note: count === 0 ? '' : `the server sent ${count} times on sockets that it knew to be closed`,
  })
}

/** A server of another make has no tasks to subscribe to. */
function subscriptionsLeft({ before, after }: ServerWindow): Check {
  const id = 'joined/subscriptions-left'
  const metric = METRICS.taskSubscribers
  if (!after?.has(metric.name)) {
    return check(id, { verdict: 'left_out', note: `the server has no ${metric.name}` })
  }
  return left(id, 'subscriptions', before.sum(metric), after.sum(metric))
}

function left(id: JoinedId, what: string, before: number, after: number): Check {
  const more = after - before
  return check(id, {
    verdict: more <= 0 ? 'held' : 'did_not_hold',
    server: more,
    limit: '<= 0',
    note:
      more <= 0
        ? ''
        : `the server holds ${more} ${what} more than before the load: it had ${before}, it has ${after}`,
  })
}

function check(id: JoinedId, found: Partial<Check>): Check {
  return {
    id,
    kind: 'joined',
    title: JOINED[id],
    phase: null,
    verdict: 'not_proven',
    measured: null,
    server: null,
    limit: '',
    samples: null,
    source: 'built in',
    note: '',
    comparison: null,
    ...found,
  }
}
