import type { LoadResult, PrometheusClient, ServerLog } from '#run'
import type { Figures } from './result.ts'

/** What the server itself counted in the fault phase. */
export interface ServerCounts {
  goodSessions: number
  badSessions: number
  /** That the alert counts: sends after a close that the caller knew of. */
  sendsAfterClose: number
}

/** After the end of the fault: its last samples have been scraped, the first session of the recovery is undecided. */
const SETTLE_MS = 1_000

/** Reads the counters of one job at both ends of the fault. Differences of raw samples, nothing extrapolated. */
export async function readServerCounts(
  prometheus: PrometheusClient,
  job: string,
  fault: { from: number; to: number },
): Promise<ServerCounts> {
  const grown = async (selector: string) => {
    const at = async (time: number) =>
      (await prometheus.query(`sum(${selector})`, time))[0]?.points[0]?.[1] ?? 0
    return Math.max(0, (await at(fault.to + SETTLE_MS)) - (await at(fault.from)))
  }
  const [goodSessions, badSessions, again, ownClose] = await Promise.all([
    grown(`ws_sessions_total{job="${job}",verdict="good"}`),
    grown(`ws_sessions_total{job="${job}",verdict="bad"}`),
    grown(`ws_send_after_close_total{job="${job}",repeat="again"}`),
    grown(`ws_send_after_close_total{job="${job}",repeat="first",cause="local_close"}`),
  ])
  return { goodSessions, badSessions, sendsAfterClose: again + ownClose }
}

/** Joins what the load side, the log and the server's counters say about the fault phase. Pure. */
export function figuresOf(
  load: LoadResult,
  log: Pick<ServerLog, 'count'>,
  counts: ServerCounts,
  clients: number,
): Figures {
  const { fault } = load.phases
  const seconds = (fault.to - fault.from) / 1_000
  const { errors, warnings } = log.count(fault.from, fault.to)
  const decided = counts.goodSessions + counts.badSessions
  return {
    attempts: fault.attempts,
    accepted: fault.accepted,
    usable: fault.usable,
    connectionSuccess: fault.attempts === 0 ? 0 : Math.min(1, fault.usable / fault.attempts),
    handshakeSuccess: fault.attempts === 0 ? null : Math.min(1, fault.accepted / fault.attempts),
    sessionSuccess: decided === 0 ? null : counts.goodSessions / decided,
    errorLines: errors,
    errorLinesPerSecond: errors / seconds,
    warningLinesPerSecond: warnings / seconds,
    reconnects: fault.reconnects,
    reconnectsPerSecondPerClient: fault.reconnects / seconds / clients,
    tasksFollowed: fault.tasksFollowed,
    firstProgressSeen: fault.firstProgressSeen,
    terminalSeen: fault.terminalSeen,
    sendsAfterClose: counts.sendsAfterClose,
  }
}
