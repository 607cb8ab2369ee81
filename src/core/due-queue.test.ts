import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { manualClock } from '../../test/support/manual-clock.ts'
import { DueQueue } from './due-queue.ts'

test('whoever stays is due once, so long after it came; whoever leaves in time never is', () => {
  const came = fc.record({ after: fc.nat(50), leavesAfter: fc.option(fc.nat(200), { nil: undefined }) })
  void fc.assert(
    fc.property(fc.array(came, { maxLength: 60 }), members => {
      const clock = manualClock()
      const due: [number, number][] = []
      const queue = new DueQueue<number>(clock, 100, index => due.push([index, clock.now()]))
      const expected: [number, number][] = []
      for (const [index, { after, leavesAfter }] of members.entries()) {
        clock.advance(after)
        const ticket = queue.add(index)
        if (leavesAfter !== undefined) clock.after(leavesAfter, () => queue.delete(ticket))
        if (leavesAfter === undefined || leavesAfter > 100) expected.push([index, clock.now() + 100])
        else if (leavesAfter === 100) expected.push([index, -1])
      }
      clock.advance(1_000)
      // At the very moment either may be first.
      const isSure = ([index]: [number, number]) => !expected.some(([other, at]) => other === index && at < 0)
      expect(due.filter(isSure)).toEqual(expected.filter(([, at]) => at >= 0))
      expect(new Set(due.map(([index]) => index)).size).toBe(due.length)
    }),
  )
})

test('what is called when it is due may come again, and a long queue is worked off', () => {
  const clock = manualClock()
  let times = 0
  const queue = new DueQueue<string>(clock, 10, name => {
    times += 1
    if (name === 'again' && times < 5_000) queue.add('again')
  })
  for (let at = 0; at < 3_000; at++) {
    queue.add('once')
    clock.advance(1)
  }
  queue.add('again')
  clock.advance(30_000)
  expect(times).toBe(5_000)
})
