import { EXIT_OF, type Verdict } from '#report'

/** What a run as a whole was: one proven failure beats all that is not proven. */
export function verdictOf(failures: readonly string[], unproven: readonly string[]) {
  const verdict: Verdict = failures.length > 0 ? 'did_not_hold' : unproven.length > 0 ? 'not_proven' : 'held'
  return { verdict, exitCode: EXIT_OF[verdict], failures: [...failures, ...unproven] }
}
