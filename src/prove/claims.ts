import type { RegimeName } from './plan.ts'
import type { Figures, Replay } from './result.ts'
import { isUsable } from './table.ts'

/** What the incident says of one replay; a measured figure either bears it out or does not. */
interface Claim {
  says: string
  holds: (figures: Figures) => boolean
  /** The figure, for the person who reads that it did not hold. */
  measured: (figures: Figures) => string
}

const percent = (share: number | null) => (share === null ? 'no sessions' : `${(share * 100).toFixed(1)} %`)
/** "Near 0 %" and "100 %", with room for the two attempts that a phase's edge cuts off. */
const nearNothing = (share: number | null) => share !== null && share <= 0.05
const nearAll = (share: number | null) => share !== null && share >= 0.98

const loops: Claim = {
  says: 'each client reconnects about ten times a second',
  holds: f => f.reconnectsPerSecondPerClient >= 7 && f.reconnectsPerSecondPerClient <= 11,
  measured: f => `${f.reconnectsPerSecondPerClient.toFixed(1)} per second`,
}
const nobodyServed: Claim = {
  says: 'next to no attempt becomes a usable session, and no task shows its progress',
  holds: f => nearNothing(f.connectionSuccess) && f.firstProgressSeen === 0,
  measured: f => `${percent(f.connectionSuccess)}, ${f.firstProgressSeen} of ${f.tasksFollowed} tasks`,
}
const allServed: Claim = {
  says: 'every attempt becomes a usable session and every task is seen to its end',
  holds: f => nearAll(f.connectionSuccess) && nearAll(f.sessionSuccess) && isUsable(f),
  measured: f =>
    `${percent(f.connectionSuccess)}, sessions ${percent(f.sessionSuccess)}, ${f.terminalSeen} of ${f.tasksFollowed} tasks`,
}
const quiet: Claim = {
  says: 'the server logs no error and nobody reconnects',
  holds: f => f.errorLines === 0 && f.reconnects === 0,
  measured: f => `${f.errorLines} error lines, ${f.reconnects} reconnects`,
}
const refusedAtTheDoor: Claim = {
  says: 'next to no handshake is accepted',
  holds: f => nearNothing(f.handshakeSuccess),
  measured: f => percent(f.handshakeSuccess),
}
const acceptedInVain: Claim = {
  says: 'handshakes succeed and sessions do not',
  holds: f => nearAll(f.handshakeSuccess) && nearNothing(f.sessionSuccess),
  measured: f => `handshakes ${percent(f.handshakeSuccess)}, sessions ${percent(f.sessionSuccess)}`,
}
const misleadingErrors: Claim = {
  says: 'the log fills with errors about sending after a close',
  holds: f => f.errorLines > 0 && f.sendsAfterClose > 0,
  measured: f => `${f.errorLines} error lines, ${f.sendsAfterClose} sends after close`,
}
const noErrors: Claim = {
  says: 'the server logs no error',
  holds: f => f.errorLines === 0 && f.sendsAfterClose === 0,
  measured: f => `${f.errorLines} error lines, ${f.sendsAfterClose} sends after close`,
}

function claimsOf(regime: RegimeName, { client, server }: Pick<Replay, 'client' | 'server'>): Claim[] {
  if (client === 'new') return [allServed, quiet]
  if (regime === 'refused') return [loops, nobodyServed, refusedAtTheDoor, noErrors]
  return [loops, nobodyServed, acceptedInVain, server === 'old' ? misleadingErrors : noErrors]
}

/** One sentence for each thing that the incident says of a replay and its figures do not bear out. */
export function unmetClaims(
  regime: RegimeName,
  replay: Pick<Replay, 'job' | 'client' | 'server' | 'figures'>,
) {
  return claimsOf(regime, replay)
    .filter(({ holds }) => !holds(replay.figures))
    .map(({ says, measured }) => `${replay.job}: it does not hold that ${says} (${measured(replay.figures)})`)
}
