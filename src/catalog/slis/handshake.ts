import { wsHandshakesTotal } from '../metrics/ws-handshakes-total.ts'
import { defineSli, select } from './define.ts'

/** The second SLI: a refused client never opens a session, so only this one sees it. */
export const handshakeSli = defineSli({
  name: 'handshake',
  summary: 'Handshakes that were accepted.',
  bad: [select(wsHandshakesTotal, { outcome: 'refused' })],
  total: [select(wsHandshakesTotal)],
  good: [select(wsHandshakesTotal, { outcome: 'accepted' })],
  objective: 0.995,
  objectiveWindow: '30d',
})
