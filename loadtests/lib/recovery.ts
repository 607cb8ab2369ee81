import { BURST_PHASES, BURST_SECONDS } from '../../src/catalog/load/recovery.ts'
import type { Phase } from '../../src/catalog/scenarios/define.ts'

type Spans = Readonly<Record<Phase, { from: number; to: number }>>

/** The second of its phase that a moment lies in, where seconds are looked at. */
export function burstSecond(phases: Spans, now: number): string | undefined {
  const phase = BURST_PHASES.findLast(one => now >= phases[one].from)
  if (phase === undefined) return undefined
  const second = `${phase}-${Math.floor((now - phases[phase].from) / 1_000)}`
  return BURST_SECONDS.includes(second) ? second : undefined
}

/** One client's way back to a useful stream. */
export interface Loss {
  /** The stream was lost, or the way back failed once more. Only who was served before can lose anything. */
  lost(now: number): void
  /** An attempt on the way back. */
  attempted(): void
  /** A useful frame. Gives the recovery, if there was something to recover from. */
  served(now: number): { recoveryMs: number; attempts: number } | undefined
  /** The policy has stopped. */
  stopped(): void
  /** The task has ended: there is nothing to come back to. */
  over(): void
  /** What became of a loss that lasts to the end of the run. */
  atTheEnd(): 'nothing_lost' | 'never_came_back' | 'still_waiting'
}

/**
 * @param faultEndsAt end of a fault that lasts and that the clients do not cause: before it nobody can come back
 * for good, so a recovery after it is counted from there.
 */
export function lossOf(onLoss: () => void, faultEndsAt: number | undefined): Loss {
  let everServed = false
  let lostAt: number | undefined
  let attempts = 0
  let hasStopped = false
  return {
    lost(now) {
      if (!everServed || lostAt !== undefined) return
      lostAt = now
      attempts = 0
      onLoss()
    },
    attempted() {
      attempts += 1
    },
    served(now) {
      everServed = true
      hasStopped = false
      if (lostAt === undefined) return undefined
      const since = faultEndsAt !== undefined && now >= faultEndsAt ? Math.max(lostAt, faultEndsAt) : lostAt
      lostAt = undefined
      return { recoveryMs: now - since, attempts }
    },
    stopped() {
      hasStopped = true
    },
    over() {
      lostAt = undefined
    },
    atTheEnd() {
      if (lostAt === undefined) return 'nothing_lost'
      return hasStopped ? 'never_came_back' : 'still_waiting'
    },
  }
}
