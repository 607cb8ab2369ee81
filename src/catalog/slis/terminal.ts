import { wsSendsTotal } from '../metrics/ws-sends-total.ts'
import { wsTerminalUndeliveredTotal } from '../metrics/ws-terminal-undelivered-total.ts'
import { defineSli, select } from './define.ts'

const MUST_ARRIVE = ['completed', 'failed', 'cancelled', 'human_review_required'] as const

/** What a user waits for: the end of the task, or the question that it waits on. */
export const terminalSli = defineSli({
  name: 'terminal',
  summary: 'Ends of tasks and review requests that reached the sockets of those who followed.',
  bad: [select(wsTerminalUndeliveredTotal)],
  total: [
    ...MUST_ARRIVE.map(type => select(wsSendsTotal, { type, outcome: 'ok' })),
    select(wsTerminalUndeliveredTotal),
  ],
  objective: 0.995,
  objectiveWindow: '30d',
})
