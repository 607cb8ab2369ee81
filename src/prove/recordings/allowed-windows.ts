import { ALERTS } from '#catalog'
import { parseDuration } from '#core'
import { type Expectation, PAGE_LIMIT_SECONDS, tolerance } from '../judge.ts'
import type { RecordedExpectation, Window } from './recording.ts'

/**
 * What a recording keeps of an expectation: the time that the alert may take, about its prediction, or up to what the
 * catalogue allows where nothing was predicted.
 */
export function allowedWindows({ alert, severity, expected, predicted }: Expectation): RecordedExpectation {
  if (expected !== 'fire') return { alert, severity, expected, detect: null, resolve: null }
  const allowed = ALERTS.find(({ name }) => name === alert)?.allowed
  const about = (seconds: number | null, most: string | undefined): Window => {
    const limit = severity === 'critical' ? PAGE_LIMIT_SECONDS : Number.POSITIVE_INFINITY
    if (seconds === null) return { from: 0, to: parseDuration(most ?? `${PAGE_LIMIT_SECONDS}s`) / 1_000 }
    return {
      from: Math.max(0, seconds - tolerance(seconds)),
      to: Math.min(limit, seconds + tolerance(seconds)),
    }
  }
  return {
    alert,
    severity,
    expected,
    detect: about(predicted.detect, allowed?.detect),
    resolve: about(predicted.resolve, allowed?.resolve),
  }
}
