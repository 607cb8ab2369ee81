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
  const objections =
    expected === 'fire'
      ? objectionsToFiring(severity, predicted, measured)
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

function objectionsToFiring(
  severity: 'critical' | 'warning',
  predicted: Expectation['predicted'],
  measured: Expectation['predicted'],
): string[] {
  if (measured.detect === null) return ['it did not fire']
  if (measured.detect < 0) return [`it fired ${seconds(-measured.detect)} before the fault began`]
  const objections = timing('fired', severity, measured.detect, predicted.detect, 'the fault began')
  if (measured.resolve === null) return [...objections, 'it did not resolve']
  if (measured.resolve < 0)
    return [...objections, `it resolved ${seconds(-measured.resolve)} before the fault ended`]
  return [
    ...objections,
    ...timing('resolved', severity, measured.resolve, predicted.resolve, 'the fault ended'),
  ]
}

function timing(
  verb: string,
  severity: 'critical' | 'warning',
  measured: number,
  predicted: number | null,
  since: string,
): string[] {
  const found: string[] = []
  if (severity === 'critical' && measured > PAGE_LIMIT_SECONDS) {
    found.push(`it ${verb} ${seconds(measured)} after ${since}, later than ${PAGE_LIMIT_SECONDS} s`)
  }
  if (predicted === null) found.push(`it ${verb}, though the prediction says that it never can`)
  else if (Math.abs(measured - predicted) > tolerance(predicted)) {
    found.push(
      `it ${verb} ${seconds(measured)} after ${since}, predicted ${seconds(predicted)} ± ${seconds(tolerance(predicted))}`,
    )
  }
  return found
}

const seconds = (value: number) => `${value.toFixed(1)} s`
const atLeastZero = (value: number | null) => (value === null || value < 0 ? null : value)
