import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../core/random.ts'
import { FRESH, type LastAttempt, POLICIES, type PolicyState, type ReconnectPolicy } from './index.ts'
import { BASE_MS, CAP_MS, FIRST_CONNECT_ATTEMPTS, STABLE_MS, wellBehaved } from './well-behaved.ts'

const refused: LastAttempt = { opened: false, useful: false, uptimeMs: 0 }
const flapped: LastAttempt = {
  opened: true,
  useful: false,
  uptimeMs: 10,
  code: 1011,
  reconnectWindowMs: 1_000,
}

/** Attempts of one client within a minute in which every attempt ends the same way. */
function attemptsInAMinute(policy: ReconnectPolicy, last: LastAttempt, seed = 1): number {
  const random = seededRandom(seed)
  let state: PolicyState = FRESH
  let at = 0
  let attempts = 0
  while (at < 60_000) {
    attempts += 1
    const step = policy.next(last, state, random)
    if ('stop' in step) return attempts
    state = step.state
    at += last.uptimeMs + step.wait
  }
  return attempts
}

test("the incident's client comes back about 600 times a minute, refused or flapping", () => {
  const [, incident] = POLICIES as [ReconnectPolicy, ReconnectPolicy]
  expect(attemptsInAMinute(incident, refused)).toBe(600)
  expect(attemptsInAMinute(incident, flapped)).toBeGreaterThan(500)
})

test('the well-behaved client gives up when it never got in, and backs off in a flap though it opens every time', () => {
  expect(attemptsInAMinute(wellBehaved, refused)).toBe(FIRST_CONNECT_ATTEMPTS)
  for (let seed = 0; seed < 50; seed++) expect(attemptsInAMinute(wellBehaved, flapped, seed)).toBeLessThan(25)
})

test('a code that says stay away ends it, a terminal close too', () => {
  const random = seededRandom(1)
  expect(wellBehaved.next({ ...flapped, code: 4504 }, FRESH, random)).toEqual({ stop: 'told_to_stay_away' })
  expect(wellBehaved.next({ ...flapped, code: 1000 }, FRESH, random)).toEqual({ stop: 'ended' })
})

test('the first wait lies within the window that the server told; no wait is over the cap', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      fc.integer({ min: 0, max: 60 }),
      (draw, failures) => {
        const step = wellBehaved.next(flapped, { failures, everOpened: true }, () => draw)
        if ('stop' in step) return false
        return step.wait <= Math.min(CAP_MS, 1_000 * 2 ** failures) && (failures > 0 || step.wait <= 1_000)
      },
    ),
  )
})

test('told when to come back, it comes no sooner, and not in the very moment', () => {
  const told = { ...refused, retryAfterMs: 3_000 }
  const waits = [0, 0.5].map(draw => wellBehaved.next(told, FRESH, () => draw))
  expect(waits).toMatchObject([{ wait: 3_000 }, { wait: 3_000 + BASE_MS / 2 }])
})

test('only a useful message and a stable time reset the backoff', () => {
  const after = (last: LastAttempt) => {
    const step = wellBehaved.next(last, { failures: 5, everOpened: true }, () => 0.5)
    return 'stop' in step ? undefined : step.state.failures
  }
  const lost: LastAttempt = { opened: true, useful: true, uptimeMs: STABLE_MS }
  expect(after(lost)).toBe(1)
  expect(after({ ...lost, useful: false })).toBe(6)
  expect(after({ ...lost, uptimeMs: STABLE_MS - 1 })).toBe(6)
})

test('equal seeds repeat a run', () => {
  expect(attemptsInAMinute(wellBehaved, flapped, 7)).toBe(attemptsInAMinute(wellBehaved, flapped, 7))
})
