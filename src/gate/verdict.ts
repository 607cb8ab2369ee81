import type { Verdict } from '#report'
import type { Check, ScenarioRun } from './result.ts'

/** What one run was, from its checks and from what kept it from proving anything. */
export function runVerdict(checks: readonly Check[], problems: readonly string[]): Verdict {
  const some = (verdict: Check['verdict']) => checks.some(check => check.verdict === verdict)
  if (some('did_not_hold')) return 'did_not_hold'
  if (problems.length > 0 || some('not_proven')) return 'not_proven'
  // Silence is not success: something must have been judged.
  return some('held') || some('warned') ? 'held' : 'not_proven'
}

/** Figures that count what must never happen: one proves it, however the run went. */
const ALWAYS_COUNTS: readonly string[] = ['joined/sends-after-close']

/**
 * Only a clean run may fail: with a generator that was late, or a target that ended midway, a limit that is broken is
 * unproven, not broken. Violations that k6 found by counting stay.
 */
export function afterProblems(checks: readonly Check[], problems: readonly string[]): Check[] {
  if (problems.length === 0) return [...checks]
  return checks.map(check => {
    // A floor of the scenario is missed by a crowd that came late, too; a count that must be zero is not.
    const isCount = check.kind === 'load' && !/ count>=/.test(check.note)
    const stays = check.verdict !== 'did_not_hold' || isCount || ALWAYS_COUNTS.includes(check.id)
    if (stays) return check
    return { ...check, verdict: 'not_proven' as const, note: `${check.note}; but the run was not clean` }
  })
}

/** The worst of all runs; nothing played proves nothing. */
export function gateVerdict(runs: readonly ScenarioRun[], notRun: readonly string[]): Verdict {
  if (runs.some(({ verdict }) => verdict === 'did_not_hold')) return 'did_not_hold'
  if (runs.length === 0 || notRun.length > 0) return 'not_proven'
  return runs.some(({ verdict }) => verdict === 'not_proven') ? 'not_proven' : 'held'
}
