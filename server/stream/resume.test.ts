import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PublishedEvent, TaskSnapshot } from '../store/store.ts'
import { historyFrom, planResume } from './resume.ts'

const task = { epoch: 'e1', seq: 10, status: 'running' } as TaskSnapshot
const request = (resume?: { epoch: string; seq: number }, includeHistory = false) => ({
  taskId: 't',
  includeHistory,
  resume,
})
/** What a store that keeps events from `oldest` on gives after a sequence. */
const kept = (afterSeq: number, oldest: number) =>
  Array.from({ length: 10 }, (_, index) => ({ event: { seq: index + 1 } }) as PublishedEvent).filter(
    ({ event }) => event.seq > afterSeq && event.seq >= oldest,
  )

test.each([
  ['no resume: live events alone', undefined, 1, { result: undefined, afterSeq: 10 }],
  ['the newest was seen', { epoch: 'e1', seq: 10 }, 1, { result: 'nothing_missed', afterSeq: 10 }],
  ['some were missed', { epoch: 'e1', seq: 7 }, 1, { result: 'exact', afterSeq: 7 }],
  ['just what is kept was missed', { epoch: 'e1', seq: 4 }, 5, { result: 'exact', afterSeq: 4 }],
  ['more was missed than is kept', { epoch: 'e1', seq: 3 }, 5, { result: 'too_old', afterSeq: 0 }],
  ['nothing is kept', { epoch: 'e1', seq: 9 }, 11, { result: 'too_old', afterSeq: 0 }],
  ['a sequence of the future', { epoch: 'e1', seq: 11 }, 1, { result: 'gap', afterSeq: 0 }],
  ['another life of the task', { epoch: 'e0', seq: 10 }, 1, { result: 'epoch_changed', afterSeq: 0 }],
] as const)('%s', (_, resume, oldest, plan) => {
  const asked = request(resume)
  expect(planResume(asked, task, kept(historyFrom(asked, task), oldest))).toEqual(plan)
})

test('history that was asked for begins at the beginning', () => {
  const asked = request(undefined, true)
  expect(historyFrom(asked, task)).toBe(0)
  expect(planResume(asked, task, kept(0, 1))).toEqual({ result: undefined, afterSeq: 0 })
  expect(planResume(asked, task, kept(0, 5))).toEqual({ result: 'too_old', afterSeq: 0 })
  expect(planResume(asked, { ...task, seq: 0 }, [])).toEqual({ result: undefined, afterSeq: 0 })
})

test('of a finished task everybody needs at least the last event', () => {
  expect(historyFrom(request(), { ...task, status: 'completed' })).toBe(9)
  expect(historyFrom(request(), task)).toBe(10)
})

const epochs = fc.constantFrom('e1', 'e2')
const situation = fc
  .record({
    /** Sequence of the newest event, and of the oldest that is kept. */
    seq: fc.nat(30),
    oldest: fc.integer({ min: 1, max: 31 }),
    resume: fc.record({ epoch: epochs, seq: fc.oneof(fc.nat(35), fc.maxSafeNat()) }),
  })
  .map(one => ({ ...one, oldest: Math.min(one.oldest, one.seq + 1) }))

test('whatever a client claims: what it is promised is what follows, and a hole is never silent', () => {
  fc.assert(
    fc.property(situation, ({ seq, oldest, resume }) => {
      const asked = request(resume)
      const now = { ...task, seq }
      const from = historyFrom(asked, now)
      const all = Array.from({ length: seq }, (_, index) => index + 1)
      const stored = all.filter(one => one >= oldest && one > from)
      const plan = planResume(
        asked,
        now,
        stored.map(one => ({ event: { seq: one } }) as PublishedEvent),
      )
      const replayed = stored.filter(one => one > plan.afterSeq)
      const has = resume.epoch === now.epoch && resume.seq <= seq ? all.slice(0, resume.seq) : []
      const missed = all.slice(has.length)
      if (plan.result === 'nothing_missed') expect([missed, resume.seq]).toEqual([[], seq])
      else if (plan.result === 'exact') expect(replayed).toEqual(missed)
      else {
        expect(plan.afterSeq).toBe(0)
        expect(plan.result).toBe(
          resume.epoch !== now.epoch ? 'epoch_changed' : resume.seq > seq ? 'gap' : 'too_old',
        )
        // Told that it starts anew, it gets all that is kept of what it may not have.
        expect(replayed).toEqual(all.filter(one => one >= oldest && one > has.length))
      }
    }),
    { numRuns: 2_000 },
  )
})
