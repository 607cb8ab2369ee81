import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Condition, predictDetection, predictResolution, type Timing, type Traffic } from './predict.ts'

const timing: Timing = { for: 2, keepFiringFor: 5, scrape: 1, evaluation: 1, notify: 1 }
const page: Condition = { kind: 'burn', long: 60, short: 10, threshold: 0.144, trafficFloor: 0 }
/** Half of ten connections a second fail. */
const half = (history: number, fault = 60): Traffic => ({
  bad: 5,
  goodBefore: 10,
  goodDuring: 5,
  goodAfter: 10,
  history,
  fault,
})

test('agrees with what was measured on Prometheus 2.42: budget 1 %, factor 14.4, half failing', () => {
  // Measured 20.3 s with a full window of history, 10.1 s with 20 s of it; resolved after 12.3 s.
  expect(predictDetection(page, half(600), timing)).toBeCloseTo((60 * 0.144) / 0.5 + 2 + 1, 1)
  expect(predictDetection(page, half(20), timing)).toBeGreaterThan(8.5)
  expect(predictDetection(page, half(20), timing)).toBeLessThan(12)
  expect(predictResolution(page, half(600), timing)).toBeCloseTo(7.12 + 5 + 1.5, 1)
})

test('with a constant rate it is the formula e·t ÷ min(W, h + t) = threshold', () => {
  const condition: Condition = { ...page, short: 60 }
  for (const history of [5, 20, 200]) {
    const t = (predictDetection(condition, half(history), timing) ?? 0) - timing.for - 1
    expect((0.5 * t) / Math.min(60, history + t)).toBeCloseTo(0.144, 3)
  }
})

test('a share that stays below the threshold never fires, and so never resolves', () => {
  const quiet = { ...half(100), bad: 1, goodDuring: 9 }
  expect(predictDetection(page, quiet, timing)).toBeNull()
  expect(predictResolution(page, quiet, timing)).toBeNull()
})

test('a fault that is over before `for` has passed fires when the windows remember it for long enough', () => {
  // 5 t bad ones are 14.4 % of 10 (5 + t) after 2 s, and so are all 15 of 80 + 10 r until r = 2.4.
  expect(predictDetection(page, half(5, 3), timing)).toBeCloseTo(2.02 + 2 + 1, 1)
  expect(predictResolution(page, half(5, 3), timing)).toBeCloseTo(2.42 + 5 + 1.5, 1)
  expect(predictDetection(page, half(5, 2.5), timing)).toBeNull()
})

test('too little traffic never fires', () => {
  expect(predictDetection({ ...page, trafficFloor: 100 }, half(100), timing)).toBeNull()
})

test('a rate alert fires when enough events are in its window, and resolves when they have left it', () => {
  const storm: Condition = { kind: 'rate', window: 10, above: 1 }
  const traffic: Traffic = { bad: 50, goodBefore: 5, goodDuring: 0, goodAfter: 5, history: 20, fault: 25 }
  expect(predictDetection(storm, traffic, timing)).toBeCloseTo(0.2 + 2 + 1, 2)
  expect(predictResolution(storm, traffic, timing)).toBeCloseTo(9.8 + 5 + 1.5, 2)
  expect(predictDetection(storm, { ...traffic, bad: 0.9 }, timing)).toBeNull()
  expect(
    predictDetection({ ...storm, minimumShare: 0.2 }, { ...traffic, bad: 2, goodDuring: 10 }, timing),
  ).toBeNull()
})

const still = { bad: 0, goodBefore: 1, goodDuring: 0, goodAfter: 1, history: 60 }

test('a gauge fires when its mean crosses the threshold, at once without a window', () => {
  const lag: Condition = { kind: 'level', window: 10, compare: '>', threshold: 0.5 }
  const traffic: Traffic = { ...still, fault: 30, level: { quiet: 0, fault: 1 } }
  expect(predictDetection(lag, traffic, timing)).toBeCloseTo(5 + 2 + 1, 2)
  expect(predictResolution(lag, traffic, timing)).toBeCloseTo(5 + 5 + 1.5, 2)
  const down: Condition = { kind: 'level', window: 0, compare: '<', threshold: 1 }
  const broker: Traffic = { ...still, fault: 30, level: { quiet: 1, fault: 0 } }
  expect(predictDetection(down, broker, timing)).toBeCloseTo(2 + 1, 1)
  expect(predictResolution(down, broker, timing)).toBeCloseTo(5 + 1.5, 1)
  expect(predictDetection(lag, { ...traffic, level: { quiet: 0, fault: 0.4 } }, timing)).toBeNull()
  expect(predictDetection(down, { ...broker, fault: 1 }, timing)).toBeNull()
})

test('a notification that waits for company comes later by that, its all-clear does not', () => {
  const patient = { ...timing, wait: 10 }
  const detect = predictDetection(page, half(600), timing) ?? 0
  expect(predictDetection(page, half(600), patient)).toBeCloseTo(detect + 10)
  expect(predictResolution(page, half(600), patient)).toBe(predictResolution(page, half(600), timing))
})

test('a silence is known after its window, and over at the first event', () => {
  const silence: Condition = { kind: 'silence', window: 20 }
  expect(predictDetection(silence, { ...still, fault: 40 }, timing)).toBeCloseTo(20 + 2 + 1, 2)
  expect(predictResolution(silence, { ...still, fault: 40 }, timing)).toBeCloseTo(5 + 1.5, 2)
  expect(predictDetection(silence, { ...still, fault: 19 }, timing)).toBeNull()
})

test('more bad events never take longer', () => {
  const rates = fc.double({ min: 0.5, max: 100, noNaN: true })
  fc.assert(
    fc.property(
      rates,
      rates,
      rates,
      fc.double({ min: 0, max: 300, noNaN: true }),
      (bad, more, good, history) => {
        const at = (rate: number) =>
          predictDetection(
            page,
            { bad: rate, goodBefore: good, goodDuring: good, goodAfter: good, history, fault: 600 },
            timing,
          ) ?? Number.POSITIVE_INFINITY
        return at(bad + more) <= at(bad) + 0.01
      },
    ),
  )
})
