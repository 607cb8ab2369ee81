import { expect, test } from 'vitest'
import { seededRandom } from '#core'
import { createInstruments } from '../src/instrument/instruments.ts'
import { manualClock } from '../test/support/manual-clock.ts'
import { readSamples } from '../test/support/samples.ts'
import { drainSessions } from './drain.ts'
import type { StreamSession } from './stream/stream-session.ts'

/** A drain of `size` sessions that end when they are told to, `deaf` of them never. */
function drain({
  size,
  deaf = 0,
  spreadMs = 1_000,
  graceMs = 5_000,
}: Record<string, number> & { size: number }) {
  const clock = manualClock()
  const instruments = createInstruments(['/s/{id}'])
  const sessions = new Set<StreamSession>()
  const toldAt: number[] = []
  const cuts: StreamSession[] = []
  for (let index = 0; index < size; index++) {
    const session: StreamSession = {
      drain() {
        toldAt.push(clock.now())
        if (index >= deaf) sessions.delete(session)
      },
      cut: () => void cuts.push(session),
    }
    sessions.add(session)
  }
  const random = seededRandom(1)
  const done = drainSessions({ sessions, instruments, clock, random, spreadMs, graceMs })
  return {
    done,
    sessions,
    toldAt,
    cuts,
    /** Lets time pass, and whoever waits for it go on. */
    async pass(ms: number) {
      for (let step = 0; step < ms / 20; step++) {
        clock.advance(20)
        await Promise.resolve()
        await Promise.resolve()
      }
    },
    remaining: async () => (await readSamples(instruments.register)).get('ws_drain_remaining'),
    state: async () => (await readSamples(instruments.register)).get('ws_drain_state'),
  }
}

test('a drain sends sessions away over its spread, not at once, and says how many are left', async () => {
  const { done, pass, toldAt, remaining, state } = drain({ size: 1_000 })
  expect(await state()).toBe(1)
  expect(await remaining()).toBe(1_000)
  await pass(500)
  expect(await remaining()).toBeGreaterThan(400)
  expect(await remaining()).toBeLessThan(600)
  await pass(600)
  expect(await done).toBe(0)
  expect(await remaining()).toBe(0)
  const tenths = Array.from({ length: 10 }, (_, tenth) => {
    return toldAt.filter(at => Math.floor(at / 100) === tenth).length
  })
  for (const count of tenths) expect(count).toBeLessThan(200)
})

test('who does not go within the grace is cut, and counted', async () => {
  const { done, pass, cuts } = drain({ size: 10, deaf: 3 })
  await pass(4_900)
  expect(cuts).toEqual([])
  await pass(200)
  expect(await done).toBe(3)
  expect(cuts).toHaveLength(3)
})

test('a spread that is longer than the grace leaves half of it for the goodbyes', async () => {
  const { pass, toldAt } = drain({ size: 100, spreadMs: 60_000, graceMs: 1_000 })
  await pass(520)
  expect(toldAt).toHaveLength(100)
})

test('without sessions a drain is over at once', async () => {
  expect(await drain({ size: 0 }).done).toBe(0)
})
