import { wsHandshakesTotal } from '../metrics/ws-handshakes-total.ts'
import { defineSli } from './define.ts'

/** The second SLI: a refused client never opens a session, so only this one sees it. */
export const handshakeSli = defineSli({
  name: 'handshake',
  summary: 'Handshakes that were accepted.',
  metric: wsHandshakesTotal,
  bad: { outcome: 'refused' },
  objective: 0.995,
  objectiveWindow: '30d',
})
