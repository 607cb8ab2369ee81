import type { Verdict } from '#report'
import type { Firing } from './promtool-test.ts'
import { lengthOf, type RecordedExpectation, type Recording, type Window } from './recording.ts'

/** One alert of one recording, as the present rules have it. */
export interface RecordedAlert {
  alert: string
  severity: string
  expected: RecordedExpectation['expected'] | 'unknown'
  /** Seconds after the fault began and ended; null when it did not. */
  detect: number | null
  resolve: number | null
  verdict: Verdict
  /** Why it did not hold; empty when it did. */
  note: string
}

/** Samples and evaluations lie on a grid of seconds. */
const SLACK_SECONDS = 1

/** What each alert of a recording did against what it had to do. Pure. */
export function judgeRecording(recording: Recording, firings: readonly Firing[]): RecordedAlert[] {
  const { expectations, startsAt, fault } = recording
  const faultAt = (fault.from - startsAt) / 1_000
  const endAt = (fault.to - startsAt) / 1_000
  const end = lengthOf(recording) - 1
  const isOf =
    (one: { alert: string; severity: string }) =>
    ({ alert, severity }: { alert: string; severity: string }) =>
      alert === one.alert && severity === one.severity
  const judged = expectations.map((expectation): RecordedAlert => {
    const firing = firings.find(isOf(expectation))
    // It still fires in its last second; a rule that fires to the end of the recording has not let go.
    const detect = firing ? firing.first - faultAt : null
    const resolve = firing && firing.last < end ? firing.last + 1 - endAt : null
    const { alert, severity, expected } = expectation
    const notes =
      expected === 'fire'
        ? firing
          ? [
              ...outside(detect, expectation.detect, 'fired', 'began'),
              ...outside(resolve, expectation.resolve, 'resolved', 'ended'),
              ...(firing.count < firing.last - firing.first + 1 ? ['it let go in between'] : []),
            ]
          : ['it did not fire']
        : expected === 'silent' && firing
          ? ['it fired']
          : []
    const verdict = notes.length > 0 ? 'did_not_hold' : 'held'
    return { alert, severity, expected, detect, resolve, verdict, note: notes.join('; ') }
  })
  const unknown = firings.filter(firing => !expectations.some(isOf(firing)))
  return [
    ...judged,
    ...unknown.map(
      ({ alert, severity, first }): RecordedAlert => ({
        alert,
        severity,
        expected: 'unknown',
        detect: first - faultAt,
        resolve: null,
        verdict: 'not_proven',
        note: 'it fired, and the recording is older than the alert: it does not say whether it has to',
      }),
    ),
  ]
}

function outside(time: number | null, window: Window | null, verb: string, edge: string): string[] {
  if (time === null) return [`it never ${verb}`]
  if (!window) return []
  const { from, to } = window
  if (time >= from - SLACK_SECONDS && time <= to + SLACK_SECONDS) return []
  return [
    `it ${verb} ${time.toFixed(1)} s after the fault ${edge}, allowed ${from.toFixed(1)} to ${to.toFixed(1)} s`,
  ]
}
