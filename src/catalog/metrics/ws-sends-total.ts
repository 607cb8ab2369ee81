import { SERVER_FRAME_TYPES } from '../../protocol/frames.ts'
import { defineMetric } from './define.ts'

export const SEND_OUTCOMES = ['ok', 'after_close', 'write_error', 'coalesced', 'dropped_slow'] as const
export type SendOutcome = (typeof SEND_OUTCOMES)[number]

/** Frame types of the protocol, and `other` for those of a server that is not ours. */
export const SEND_TYPES = [...SERVER_FRAME_TYPES, 'other'] as const
export type SendType = (typeof SEND_TYPES)[number]

export const wsSendsTotal = defineMetric({
  name: 'ws_sends_total',
  type: 'counter',
  help: 'Frames that the server was asked to send, by what became of them.',
  labels: ['type', 'outcome'],
  tuples: SEND_TYPES.flatMap(type => SEND_OUTCOMES.map(outcome => ({ type, outcome }))),
})
