import { CLIENT_FRAME_TYPES } from '../../protocol/frames.ts'
import { defineMetric, eachOf } from './define.ts'

/** Frames of the protocol, and what is wrong with the others. */
export const RECEIVED_TYPES = [
  ...CLIENT_FRAME_TYPES,
  'malformed',
  'unknown',
  'binary',
  'too_big',
  'flood',
] as const
export type ReceivedType = (typeof RECEIVED_TYPES)[number]

export const wsMessagesReceivedTotal = defineMetric({
  name: 'ws_messages_received_total',
  type: 'counter',
  help: 'Frames that clients sent, by type, bad ones by what was wrong.',
  labels: ['type'],
  tuples: eachOf('type', RECEIVED_TYPES),
})
