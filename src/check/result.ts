import { z } from 'zod'

const text = z.string().describe('shortened, control characters visible')

export const checkResultSchema = z
  .object({
    schema: z.literal('petrel.check/1'),
    target: z.string().describe('scheme, host and port'),
    path: z.string().describe('path template of the stream'),
    task: z.object({
      id: z.string(),
      source: z
        .enum(['created', 'given', 'invented'])
        .describe('invented: the server is not ours and nobody named a task'),
    }),
    verdict: z.enum(['held', 'did_not_hold']).describe('did_not_hold: something would harm clients'),
    rows: z.array(
      z.object({
        look: z.string().describe('what was tried'),
        path: text.nullable(),
        seen: text,
        meaning: z.string(),
        level: z.enum(['good', 'note', 'wrong', 'left_out']),
      }),
    ),
  })
  .describe('Result of `petrel check`')
export type CheckResult = z.infer<typeof checkResultSchema>
