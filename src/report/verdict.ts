import { z } from 'zod'

export const verdictSchema = z.enum(['held', 'did_not_hold', 'not_proven'])
export type Verdict = z.infer<typeof verdictSchema>

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  held: 'held',
  did_not_hold: 'did not hold',
  not_proven: 'not proven',
}
