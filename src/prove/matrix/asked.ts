import type { AlertProof, ProofResult } from './result.ts'

type Played = Pick<ProofResult, 'suite' | 'runs'>

/** False for an alert that none of the chosen drills has to fire: whether it works, such a run does not say. */
export const isAsked = ({ suite, runs }: Played, { alert, severity, verdict }: AlertProof): boolean =>
  suite !== 'chosen' ||
  verdict === 'did_not_hold' ||
  runs.some(({ cells }) =>
    cells.some(cell => cell.alert === alert && cell.severity === severity && cell.expected === 'fire'),
  )
