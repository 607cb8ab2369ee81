import { wsResumesTotal } from '../metrics/ws-resumes-total.ts'
import { defineSli, select } from './define.ts'

export const recoverySli = defineSli({
  name: 'recovery',
  summary: 'Clients that came back and got every event that they had missed, and no other.',
  bad: {
    good: [select(wsResumesTotal, { result: 'exact' }), select(wsResumesTotal, { result: 'nothing_missed' })],
  },
  total: [select(wsResumesTotal)],
  objective: 0.995,
  objectiveWindow: '30d',
})
