import { wsSessionsTotal } from '../metrics/ws-sessions-total.ts'
import { defineSli, select } from './define.ts'

/** The first SLI: what users feel. A flapping client has perfect handshakes and no session. */
export const sessionSli = defineSli({
  name: 'session',
  summary: 'Sessions in which the user was served: first message in time, then lived or ended by their task.',
  bad: [select(wsSessionsTotal, { verdict: 'bad' })],
  total: [select(wsSessionsTotal)],
  objective: 0.995,
  objectiveWindow: '30d',
})
