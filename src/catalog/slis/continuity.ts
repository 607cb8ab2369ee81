import { wsSessionInterruptionsTotal } from '../metrics/ws-session-interruptions-total.ts'
import { wsSessionsTotal } from '../metrics/ws-sessions-total.ts'
import { defineSli, select } from './define.ts'

/**
 * A session is good long before it ends, so that in a mass drop there may be no new good ones to divide by: the
 * interrupted ones are counted among all, and the ratio stays a share.
 */
export const continuitySli = defineSli({
  name: 'continuity',
  summary: 'Good sessions that kept their stream to the end.',
  bad: [select(wsSessionInterruptionsTotal)],
  total: [select(wsSessionsTotal, { verdict: 'good' }), select(wsSessionInterruptionsTotal)],
  objective: 0.995,
  objectiveWindow: '30d',
})
