import type { Alert } from './define.ts'
import { wsFlapping } from './ws-flapping.ts'
import { wsHandshakeBudgetBurn } from './ws-handshake-budget-burn.ts'
import { wsSendAfterClose } from './ws-send-after-close.ts'
import { wsSessionBudgetBurn } from './ws-session-budget-burn.ts'
import { wsWrongPathStorm } from './ws-wrong-path-storm.ts'

/** Every alert, in the order of triage. */
export const ALERTS: readonly Alert[] = [
  wsSessionBudgetBurn,
  wsHandshakeBudgetBurn,
  wsWrongPathStorm,
  wsFlapping,
  wsSendAfterClose,
]
