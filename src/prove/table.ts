import type { Figures, TableRow } from './result.ts'

const percent = (share: number | null) => (share === null ? 'no sessions' : `${trimmed(share * 100)} %`)
const perSecond = (rate: number) => (rate === 0 ? '0' : `${trimmed(rate)} per second`)
const trimmed = (value: number) =>
  value >= 99.95 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)

/** A measure of the incident's table, and how a person reads it. */
const MEASURES: readonly { measure: string; of: (figures: Figures) => string }[] = [
  {
    measure: 'connection success (usable sessions ÷ attempts)',
    of: f => `${percent(f.connectionSuccess)} (${f.usable} of ${f.attempts})`,
  },
  { measure: 'handshake success (accepted ÷ attempts)', of: f => percent(f.handshakeSuccess) },
  { measure: "session success (server's count)", of: f => percent(f.sessionSuccess) },
  { measure: 'error log lines', of: f => perSecond(f.errorLinesPerSecond) },
  { measure: 'warning log lines', of: f => perSecond(f.warningLinesPerSecond) },
  {
    measure: 'reconnect attempts, each client',
    of: f => perSecond(f.reconnectsPerSecondPerClient),
  },
  { measure: 'sends after close that are our bug', of: f => String(f.sendsAfterClose) },
  {
    measure: 'feature usable (first progress, terminal event)',
    of: f =>
      `${isUsable(f) ? 'yes' : 'no'} (${f.firstProgressSeen} and ${f.terminalSeen} of ${f.tasksFollowed} tasks)`,
  },
]

/** Every task showed its first progress and its terminal event. */
export function isUsable(figures: Figures): boolean {
  const { tasksFollowed, firstProgressSeen, terminalSeen } = figures
  return tasksFollowed > 0 && firstProgressSeen === tasksFollowed && terminalSeen === tasksFollowed
}

/** The table of the incident: before is old client and old server, after is both new. */
export function beforeAfter(before: Figures, after: Figures): TableRow[] {
  return MEASURES.map(({ measure, of }) => ({ measure, before: of(before), after: of(after) }))
}
