import { continuitySli } from './continuity.ts'
import type { Sli } from './define.ts'
import { deliverySli } from './delivery.ts'
import { handshakeSli } from './handshake.ts'
import { recoverySli } from './recovery.ts'
import { sessionSli } from './session.ts'
import { terminalSli } from './terminal.ts'

/** Every SLI, in the order in which a user meets what it promises. */
export const SLIS: readonly Sli[] = [
  sessionSli,
  handshakeSli,
  continuitySli,
  deliverySli,
  terminalSli,
  recoverySli,
]
