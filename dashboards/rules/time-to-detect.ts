import type { Severity, WindowSet } from '#catalog'
import { predictDetection, predictResolution, type Timing, type Traffic } from '#slo'
import { PATIENCE } from '../alertmanager/config.ts'
import { type AlertRule, seconds } from './alert-rule.ts'

/** What a proof waits for, and what the configurations that are shipped do, in seconds. */
const intervals = (set: WindowSet, { group_wait, group_interval }: (typeof PATIENCE)[Severity]) =>
  set === 'drill'
    ? { scrape: 1, evaluation: 1, notify: 1 }
    : { scrape: 15, evaluation: 15, wait: seconds(group_wait), notify: seconds(group_interval) }

const EVENTS_A_SECOND = 10

/**
 * Seconds to the page and to the all-clear in the fault that all alerts are compared by: half of ten events a second
 * fail after a whole window without one; a gauge goes to twice its threshold, or to its worst.
 */
export function timesOf(rule: AlertRule, set: WindowSet): { detect: number | null; resolve: number | null } {
  const { condition } = rule
  const longest = condition.kind === 'burn' ? Math.max(condition.long, condition.short) : condition.window
  const half = Math.max(EVENTS_A_SECOND, condition.kind === 'rate' ? 2 * condition.above : 0) / 2
  const bad = condition.kind === 'rate' ? Math.max(half, 2 * condition.above) : half
  const traffic: Traffic = {
    bad,
    goodBefore: 2 * half,
    goodDuring: half,
    goodAfter: 2 * half,
    history: longest,
    fault: longest + seconds(rule.for) + 60,
    ...(condition.kind === 'level' ? { level: levels(condition.compare, condition.threshold) } : {}),
  }
  const timing: Timing = {
    for: seconds(rule.for),
    keepFiringFor: seconds(rule.keepFiringFor),
    ...intervals(set, PATIENCE[rule.severity]),
  }
  return {
    detect: predictDetection(condition, traffic, timing),
    resolve: predictResolution(condition, traffic, timing),
  }
}

const levels = (compare: '>' | '<', threshold: number) =>
  compare === '>' ? { quiet: 0, fault: threshold * 2 || 1 } : { quiet: threshold, fault: 0 }
