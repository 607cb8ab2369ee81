import type { Notification } from '#run'
import type { AlertObservation, Verdict } from './result.ts'

/** One alert at one severity, with what a replay expects of it. */
export interface Expectation {
  alert: string
  severity: 'critical' | 'warning'
  /** `either`: nobody cares. */
  expected: 'fire' | 'silent' | 'either'
  /** Seconds, or null where it must stay silent. */
  predicted: { detect: number | null; resolve: number | null }
}

/** When the fault really began and ended, in epoch milliseconds: its first and its last attempt. */
export interface FaultSpan {
  from: number
  to: number
}

/** A page must reach the webhook within this time of the fault's start, and resolve within it of its end. */
export const PAGE_LIMIT_SECONDS = 30

/** How far a measured time may lie from its prediction: a quarter of it and 3 s. */
export function tolerance(predictedSeconds: number): number {
  return predictedSeconds * 0.25 + 3
}

/**
 * Judges one alert of one replay by what the webhook received for its job.
 * `problems` are why the run was not clean (a lagging generator, scrape or evaluation): such a run
 * proves nothing, only a clean one may fail.
 */
export function judgeAlert(
  expectation: Expectation,
  fault: FaultSpan,
  notifications: readonly Notification[],
  problems: readonly string[],
): AlertObservation {
  const { alert, severity, expected, predicted } = expectation
  const own = notifications.filter(entry => entry.alert === alert && entry.severity === severity)
  const firing = own.find(({ status }) => status === 'firing')
  const resolved =
    firing && own.find(entry => entry.status === 'resolved' && entry.receivedAt >= firing.receivedAt)
  const measured = {
    detect: firing ? (firing.receivedAt - fault.from) / 1_000 : null,
    resolve: resolved ? (resolved.receivedAt - fault.to) / 1_000 : null,
  }
  const allowed = severity === 'critical' ? PAGE_LIMIT_SECONDS : Number.POSITIVE_INFINITY
  const objections =
    expected === 'fire'
      ? objectionsTo(measured, {
          detect: { predicted: predicted.detect, allowed },
          resolve: { predicted: predicted.resolve, allowed },
        })
      : firing && expected === 'silent'
        ? ['it fired']
        : []
  const verdict: Verdict =
    problems.length > 0 ? 'not_proven' : objections.length > 0 ? 'did_not_hold' : 'held'
  return {
    alert,
    severity,
    expected,
    fired: firing !== undefined,
    firedAt: firing?.receivedAt ?? null,
    resolvedAt: resolved?.receivedAt ?? null,
    // A time before the fault is kept out of the figures; the note says that it fired too soon.
    detect: { predicted: predicted.detect, measured: atLeastZero(measured.detect) },
    resolve: { predicted: predicted.resolve, measured: atLeastZero(measured.resolve) },
    verdict,
    note: [...problems, ...objections].join('; '),
  }
}

/** What a time is held to, in seconds. */
interface Bound {
  /** Nothing speaks of a prediction where it is left away; null says that it never can be. */
  predicted?: number | null
  allowed: number
}

/** Why the times of an alert that must fire are not what they have to be, one sentence each. */
export function objectionsTo(
  measured: Expectation['predicted'],
  bounds: { detect: Bound; resolve: Bound },
): string[] {
  if (measured.detect === null) return ['it did not fire']
  if (measured.detect < 0) return [`it fired ${seconds(-measured.detect)} before the fault began`]
  const found = late('fired', 'the fault began', measured.detect, bounds.detect)
  if (measured.resolve === null) return [...found, 'it did not resolve']
  if (measured.resolve < 0) {
    return [...found, `it resolved ${seconds(-measured.resolve)} before the fault ended`]
  }
  return [...found, ...late('resolved', 'the fault ended', measured.resolve, bounds.resolve)]
}

function late(verb: string, since: string, measured: number, { predicted, allowed }: Bound): string[] {
  const found: string[] = []
  const when = `it ${verb} ${seconds(measured)} after ${since}`
  if (measured > allowed) found.push(`${when}, allowed are ${seconds(allowed)}`)
  if (predicted === null) found.push(`it ${verb}, though the prediction says that it never can`)
  else if (predicted !== undefined && Math.abs(measured - predicted) > tolerance(predicted)) {
    found.push(`${when}, predicted ${seconds(predicted)} ± ${seconds(tolerance(predicted))}`)
  }
  return found
}

export const seconds = (value: number) => `${value.toFixed(1)} s`
const atLeastZero = (value: number | null) => (value === null || value < 0 ? null : value)
