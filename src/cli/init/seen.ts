import type { CheckResult } from '#check'

/** What a look at a server has shown, for the files that are written for it. */
export interface Seen {
  /** Scheme, host and port. */
  target: string
  path: string
  /** It makes tasks by PROTOCOL.md, at the usual path. */
  isOurs: boolean
  metrics: string | undefined
  /** Text of the server's in them is shortened, and its control characters are visible. */
  rows: CheckResult['rows']
}
