import type { RunbookProof } from './probe-runbooks.ts'

export interface RunbookFindings {
  /** Queries that were asked in at least one drill. */
  queries: number
  /** Queries that nobody could have read anything from, one sentence each. */
  stale: string[]
}

/** What all drills together showed of the runbooks. A query needs data in one of the drills that fire its alert. Pure. */
export function runbookFindings(proofs: readonly RunbookProof[]): RunbookFindings {
  const merged = new Map<string, RunbookProof>()
  for (const proof of proofs) {
    const key = JSON.stringify([proof.alert, proof.query])
    const before = merged.get(key)
    merged.set(key, {
      ...proof,
      askedIn: [...new Set([...(before?.askedIn ?? []), ...proof.askedIn])],
      dataIn: [...new Set([...(before?.dataIn ?? []), ...proof.dataIn])],
      refused: before?.refused || proof.refused,
    })
  }
  const stale = [...merged.values()].flatMap(({ alert, query, askedIn, dataIn, refused }) => {
    const page = `docs/runbooks/${alert}.md is stale: \`${query}\``
    if (refused !== '') return [`${page} was refused: ${refused}`]
    return dataIn.length === 0 ? [`${page} had no data in ${askedIn.join(', ')}`] : []
  })
  return { queries: merged.size, stale }
}
