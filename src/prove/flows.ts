import type { Flow } from './expectations.ts'

/** A crowd as the server's counters will see it. */
export interface Crowd {
  clients: number
  /** How many of them misbehave in the fault phase, and how. */
  bad: number
  misbehaviour: 'none' | 'refused' | 'flapping'
  taskMs: number
  /** The server has the handler that sends again in its catch block. */
  sendsAgain: boolean
}

/** Attempts a second of one misbehaving client, as in the incident. */
const ATTEMPTS_PER_SECOND = 10
/** What following a task costs beside the task itself: its creation, the handshake, the history read. */
const FOLLOW_OVERHEAD_MS = 60

/** Events per second that a crowd causes, by metric; what it plans to do, not what was measured. */
export function flowsOf({ clients, bad, misbehaviour, taskMs, sendsAgain }: Crowd): Flow[] {
  const followed = 1_000 / (taskMs + FOLLOW_OVERHEAD_MS)
  const all = clients * followed
  const others = (misbehaviour === 'none' ? clients : clients - bad) * followed
  const attempts = misbehaviour === 'none' ? 0 : bad * ATTEMPTS_PER_SECOND
  const well = { warmup: all, fault: others, recovery: all }
  const ill = { warmup: 0, fault: attempts, recovery: 0 }
  const flows: Flow[] = [
    { metric: 'ws_handshakes_total', labels: { outcome: 'accepted', reason: 'ok' }, ...well },
    { metric: 'ws_sessions_total', labels: { verdict: 'good', reason: 'delivered' }, ...well },
  ]
  if (misbehaviour === 'refused') {
    const labels = { outcome: 'refused', reason: 'wrong_path' }
    flows.push({ metric: 'ws_handshakes_total', labels, ...ill })
  }
  if (misbehaviour === 'flapping') {
    flows.push(
      { metric: 'ws_handshakes_total', labels: { outcome: 'accepted', reason: 'ok' }, ...ill },
      { metric: 'ws_sessions_total', labels: { verdict: 'bad', reason: 'short_lived' }, ...ill },
    )
    if (sendsAgain) {
      const labels = { cause: 'peer_close', repeat: 'again' }
      flows.push({ metric: 'ws_send_after_close_total', labels, ...ill })
    }
  }
  return flows
}
