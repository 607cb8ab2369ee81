import type { Notification } from '#run'
import { type FaultSpan, objectionsTo, PAGE_LIMIT_SECONDS, seconds } from '../judge.ts'
import type { ExpectedCell } from './expected.ts'
import type { Predicted } from './predict.ts'
import type { ProofCell } from './result.ts'

/** A momentary fault is over after this time, in milliseconds: its events have been counted, closes that nobody answered too. */
export const MOMENT_MS = 3_000

/** When the fault of a cell really began and ended. */
export function spanOf({ momentary }: Pick<ExpectedCell, 'momentary'>, fault: FaultSpan): FaultSpan {
  return momentary ? { from: fault.from, to: fault.from + MOMENT_MS } : fault
}

/**
 * Judges one cell by what the webhook received. It *fired* when a notification's `startsAt` lies between the start of
 * the fault and its end plus the time that the alert is allowed to detect it in; any other firing is a false positive.
 * `problems` are why the run was not clean: such a run proves nothing, only a clean one may fail.
 */
export function judgeCell(
  cell: ExpectedCell,
  fault: FaultSpan,
  predicted: Predicted,
  notifications: readonly Notification[],
  problems: readonly string[],
): ProofCell {
  const { alert, severity, expected, allowed, reason } = cell
  const span = spanOf(cell, fault)
  const own = notifications.filter(entry => entry.alert === alert && entry.severity === severity)
  const firings = own.filter(({ status }) => status === 'firing')
  const isInTime = ({ startsAt }: Notification) =>
    startsAt >= span.from && startsAt <= span.to + allowed.detect * 1_000
  const inTime = firings.filter(isInTime)
  const outside = firings.filter(firing => !isInTime(firing))
  const [first] = inTime
  const last = inTime.at(-1)
  const resolved =
    last && own.findLast(({ status, receivedAt }) => status === 'resolved' && receivedAt >= last.receivedAt)
  const measured = {
    detect: first ? (first.receivedAt - span.from) / 1_000 : null,
    resolve: resolved ? (resolved.receivedAt - span.to) / 1_000 : null,
  }
  const stray = outside.map(
    ({ startsAt }) => `it fired ${seconds((startsAt - span.from) / 1_000)} after the fault began`,
  )
  const objections =
    expected === 'fire'
      ? [...stray, ...objectionsTo(measured, boundsOf(cell, predicted))]
      : expected === 'silent' && firings.length > 0
        ? [`it fired ${seconds(((firings[0]?.startsAt ?? 0) - fault.from) / 1_000)} after the fault began`]
        : []
  return {
    alert,
    severity,
    expected,
    momentary: cell.momentary,
    reason,
    observed: first ? 'fired' : outside.length > 0 ? 'fired_at_another_time' : 'silent',
    falsePositives: expected === 'silent' ? firings.length : expected === 'fire' ? outside.length : 0,
    detect: { measured: measured.detect, predicted: predicted.detect, allowed: allowed.detect },
    resolve: { measured: measured.resolve, predicted: predicted.resolve, allowed: allowed.resolve },
    verdict: problems.length > 0 ? 'not_proven' : objections.length > 0 ? 'did_not_hold' : 'held',
    note: objections.join('; '),
  }
}

/** Everything has a budget; a page, which wakes somebody, has to be what was predicted too. */
const boundsOf = ({ severity, allowed }: ExpectedCell, predicted: Predicted) => {
  const bound = (time: 'detect' | 'resolve') =>
    severity === 'critical'
      ? { predicted: predicted[time], allowed: Math.min(PAGE_LIMIT_SECONDS, allowed[time]) }
      : { allowed: allowed[time] }
  return { detect: bound('detect'), resolve: bound('resolve') }
}
