import type { ProcessExit } from '#stack'

/** What k6's own exit codes say (k6 2.x, `errext/exitcodes`), for a person who reads why a run proves nothing. */
const MEANINGS: Readonly<Record<number, string>> = {
  97: 'the cloud run failed',
  98: 'the cloud run could not be followed',
  100: 'its setup took too long',
  101: 'its teardown took too long',
  102: 'it ran into a timeout',
  103: 'it was stopped over its HTTP interface',
  104: 'it refused its configuration',
  105: 'it was told to stop',
  106: 'its HTTP interface could not start',
  107: 'the scenario threw an error',
  108: 'the scenario aborted itself',
  109: 'k6 itself crashed',
  110: 'the scenario marked itself as failed',
}

/** What to look at when somebody else has ended k6. */
const ENDED =
  'by hand, or by the kernel when memory ran out (dmesg says so): play it again, with fewer --clients if it was memory'

/** Why an ended k6 proves nothing; nothing when it ended in order. 99 is order: some threshold did not hold. */
export function exitProblem({ code, signal }: ProcessExit): string | undefined {
  if (code === 0 || code === 99) return undefined
  if (signal !== undefined) return `k6 was ended by ${signal}: ${ENDED}`
  const meaning = code === undefined ? undefined : MEANINGS[code]
  return `k6 ended with code ${code}${meaning ? `: ${meaning}` : ''}`
}
