/** What happens around a fault, in events per second and seconds. Rates are constant within each part. */
export interface Traffic {
  /** Bad events while the fault lasts. */
  bad: number
  goodBefore: number
  goodDuring: number
  goodAfter: number
  /** Clean history before the fault. */
  history: number
  /** How long the fault lasts. */
  fault: number
  /** Of a gauge: its value in the fault, and before and after it. */
  level?: { quiet: number; fault: number }
}

/** When an alert's expression is true. Windows in seconds. */
export type Condition =
  | { kind: 'burn'; long: number; short: number; threshold: number; trafficFloor: number }
  | { kind: 'rate'; window: number; above: number; minimumShare?: number }
  /** A gauge, averaged over its window (0: as it stands), above or below a threshold. */
  | { kind: 'level'; window: number; compare: '>' | '<'; threshold: number }
  /** Nothing came for a whole window; true from the end of the window on, false at the first event. */
  | { kind: 'silence'; window: number }

/** What lies between the truth and its notification, in seconds. */
export interface Timing {
  for: number
  keepFiringFor: number
  scrape: number
  evaluation: number
  /** Alertmanager's group_wait: a firing notification waits so long for company; not at all when left away. */
  wait?: number
  /** Alertmanager's group_interval: a resolved notification waits for its next tick. */
  notify: number
}

/**
 * Seconds from the start of the fault to the firing notification, as expected value; null when it never fires.
 *
 * A window of W seconds that ends t after the start holds b·t bad events among g₀·min(h, W−t) + (g₁+b)·t in all.
 * With a constant total rate that is e·t ÷ min(W, h+t). The alert is true once every condition holds; an event
 * waits half a scrape and half an evaluation on average; `for` lasts a whole number of evaluations.
 */
export function predictDetection(condition: Condition, traffic: Traffic, timing: Timing): number | null {
  const holds = (t: number) => isTrue(condition, traffic, t, 0)
  const limit = Math.min(longestWindow(condition), traffic.fault)
  const since = firstTime(holds, limit)
  if (since === null) return null
  const delay = timing.scrape / 2 + timing.evaluation / 2 + (timing.wait ?? 0)
  const detect = since + ticks(timing.for, timing.evaluation) + delay
  // Over before it had lasted long enough: what a window holds outlives the fault.
  return since + timing.for > traffic.fault + lingers(condition, traffic) ? null : detect
}

/** Seconds after the end of the fault for which the expression is still true. */
function lingers(condition: Condition, traffic: Traffic): number {
  const over = (r: number) => !isTrue(condition, traffic, traffic.fault, r)
  return firstTime(over, longestWindow(condition)) ?? longestWindow(condition)
}

/**
 * Seconds from the end of the fault to the resolved notification, as expected value; null when it never fired.
 * The alert ends as soon as one of its conditions does, and then keeps firing for `keepFiringFor`.
 */
export function predictResolution(condition: Condition, traffic: Traffic, timing: Timing): number | null {
  if (predictDetection(condition, traffic, timing) === null) return null
  const delay = timing.scrape / 2 + timing.evaluation / 2 + timing.notify / 2
  return lingers(condition, traffic) + ticks(timing.keepFiringFor, timing.evaluation) + delay
}

/** Whether the expression is true `t` seconds into the fault and `r` seconds after its end. */
function isTrue(condition: Condition, traffic: Traffic, t: number, r: number): boolean {
  switch (condition.kind) {
    case 'rate': {
      const { window, above, minimumShare = 0 } = condition
      const { bad, all } = eventsIn(window, traffic, t, r)
      return bad / window > above && bad > minimumShare * all
    }
    case 'burn': {
      const { long, short, threshold, trafficFloor } = condition
      const inLong = eventsIn(long, traffic, t, r)
      const inShort = eventsIn(short, traffic, t, r)
      return (
        inLong.bad > threshold * inLong.all &&
        inShort.bad > threshold * inShort.all &&
        inLong.all / long > trafficFloor
      )
    }
    case 'level': {
      const { quiet = 0, fault = 0 } = traffic.level ?? {}
      const { compare, threshold } = condition
      const value = meanLevel(condition.window, traffic, { quiet, fault }, t, r)
      return compare === '>' ? value > threshold : value < threshold
    }
    case 'silence':
      return t >= condition.window && r === 0
  }
}

/** A gauge averaged over the last `window` seconds; of a window of 0 it is the last value. */
function meanLevel(
  window: number,
  { history }: Traffic,
  { quiet, fault }: { quiet: number; fault: number },
  t: number,
  r: number,
): number {
  if (window === 0) return r > 0 || t === 0 ? quiet : fault
  const after = Math.min(r, window)
  const during = Math.min(t, window - after)
  const before = Math.min(history, window - after - during)
  const length = after + during + before
  return length === 0 ? quiet : (fault * during + quiet * (before + after)) / length
}

/** Events in the last `window` seconds, `t` seconds into the fault and `r` after its end. */
function eventsIn(window: number, traffic: Traffic, t: number, r: number): { bad: number; all: number } {
  const after = Math.min(r, window)
  const during = Math.min(t, window - after)
  const before = Math.min(traffic.history, window - after - during)
  const bad = traffic.bad * during
  return {
    bad,
    all: bad + traffic.goodDuring * during + traffic.goodBefore * before + traffic.goodAfter * after,
  }
}

/** Time after which nothing changes any more; of a gauge without a window, the instant of its change. */
function longestWindow(condition: Condition): number {
  return condition.kind === 'burn' ? Math.max(condition.long, condition.short) : condition.window || 0.001
}

/** The first time in [0, limit] at which it holds, to a millisecond; it holds from some time on. */
function firstTime(holds: (time: number) => boolean, limit: number): number | null {
  if (!holds(limit)) return null
  let low = 0
  let high = limit
  while (high - low > 0.001) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

const ticks = (duration: number, interval: number) => Math.ceil(duration / interval) * interval
