import { z } from 'zod'
import { EXIT, type ExitCode } from '#core'

export const verdictSchema = z.enum(['held', 'did_not_hold', 'not_proven'])
export type Verdict = z.infer<typeof verdictSchema>

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  held: 'held',
  did_not_hold: 'did not hold',
  not_proven: 'not proven',
}

/** The code that a command leaves with. */
export const EXIT_OF: Readonly<Record<Verdict, ExitCode>> = {
  held: EXIT.held,
  did_not_hold: EXIT.didNotHold,
  not_proven: EXIT.notProven,
}
