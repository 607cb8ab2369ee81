import { METRICS, SEND_TYPES, type SendType } from '#catalog'
import { remembered } from '#core'
import type { Instruments, Tally } from './instruments.ts'
import type { SessionHooks } from './session.ts'
import type { SharedFrame } from './shared-frame.ts'

/** Counters of sends that went well, resolved once for all sessions. */
export interface SendTallies {
  of: Readonly<Record<SendType, Tally>>
  /** Counts frames that go to many, for one of them. */
  add(frames: readonly SharedFrame[]): void
  /** True when one of them is the last of its task. */
  isTerminal(frames: readonly SharedFrame[]): boolean
}

export function sendTallies(instruments: Instruments, hooks: SessionHooks): SendTallies {
  const of = Object.fromEntries(
    SEND_TYPES.map(type => [type, instruments.tally(METRICS.wsSendsTotal, { type, outcome: 'ok' })]),
  ) as unknown as SendTallies['of']
  const amounts = remembered((frames: readonly SharedFrame[]) => {
    const byType = Map.groupBy(frames, ({ type }) => sendType(type))
    return [...byType].map(([type, { length }]) => ({ tally: of[type], amount: length }))
  })
  return {
    of,
    add(frames) {
      for (const { tally, amount } of amounts(frames)) tally.add(amount)
    },
    isTerminal: remembered((frames: readonly SharedFrame[]) =>
      frames.some(({ type }) => hooks.isTerminal(type)),
    ),
  }
}

/** The label of a frame's type: what the catalogue does not know is `other`. */
export const sendType = (name: string): SendType =>
  (SEND_TYPES as readonly string[]).includes(name) ? (name as SendType) : 'other'
