import type { PanelProof } from './probe-panels.ts'

const keyOf = ({ board, panel, refId, expr }: PanelProof) => JSON.stringify([board, panel, refId, expr])

/** Joins what several runs, or several Prometheus, showed of the same queries. */
export function mergePanelProofs(batches: readonly (readonly PanelProof[])[]): PanelProof[] {
  const merged = new Map<string, PanelProof>()
  for (const proof of batches.flat()) {
    const before = merged.get(keyOf(proof))
    merged.set(keyOf(proof), {
      ...proof,
      dataIn: [...new Set([...(before?.dataIn ?? []), ...proof.dataIn])],
      movesIn: [...new Set([...(before?.movesIn ?? []), ...proof.movesIn])],
      refused: before?.refused || proof.refused,
    })
  }
  return [...merged.values()]
}

/** A panel that shows nothing, or never anything else, and why that is known. */
export interface DeadPanel {
  board: string
  panel: string
  /** One sentence for each of its queries that is dead. */
  reasons: string[]
}

/** The dead panels among all that was looked at, in the order of the boards. Pure. */
export function deadPanels(proofs: readonly PanelProof[]): DeadPanel[] {
  const dead = new Map<string, DeadPanel>()
  for (const proof of proofs) {
    const reason = reasonOf(proof)
    if (reason === undefined) continue
    const { board, panel, refId } = proof
    const entry = dead.get(`${board} ${panel}`) ?? { board, panel, reasons: [] }
    entry.reasons.push(`query ${refId} ${reason}`)
    dead.set(`${board} ${panel}`, entry)
  }
  return [...dead.values()]
}

function reasonOf({ refused, dataIn, movesIn, expr }: PanelProof): string | undefined {
  if (refused !== '') return `was refused: ${refused}`
  if (dataIn.length === 0) return `had no data in any run: ${expr}`
  if (movesIn.length === 0) return `had data in ${dataIn.join(', ')} and never moved: ${expr}`
  return undefined
}

/** Findings as sentences: `panel "Drain" of sessions is dead: query A had no data in any run: …`. */
export const panelFindings = (proofs: readonly PanelProof[]): string[] =>
  deadPanels(proofs).map(
    ({ board, panel, reasons }) => `panel "${panel}" of ${board} is dead: ${reasons.join('; ')}`,
  )
