import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ResumeResult, ServerFrame } from '../../src/protocol/frames.ts'
import { streamCheck } from './stream-check.ts'

const STALE_MS = 1_000
const at = { task_id: 't' }
const connected = (resume?: ResumeResult): ServerFrame => ({
  type: 'connected',
  ...at,
  epoch: 'e',
  seq: 0,
  ...(resume ? { resume } : {}),
  heartbeat_ms: 1,
  reconnect_window_ms: 1,
})
const event = (seq: number, progress = seq / 100, skipped?: number): ServerFrame => ({
  type: 'progress',
  ...at,
  seq,
  progress,
  stage: 's',
  ...(skipped === undefined ? {} : { skipped }),
})
const completed = (seq: number): ServerFrame => ({ type: 'completed', ...at, seq, progress: 1 })
const status = (seq: number, progress: number): ServerFrame => ({
  type: 'current_status',
  ...at,
  seq,
  status: 'running',
  progress,
})

/** One connection without a break in time: what was found, its end included. */
function seen(frames: readonly ServerFrame[], code?: number) {
  const check = streamCheck(STALE_MS)
  check.opened(0)
  return [...frames.flatMap(frame => check.frame(frame, 1)), ...check.ended(2, code)]
}

test.each<[string, ServerFrame[], number | undefined, string[]]>([
  ['an orderly stream', [connected(), status(0, 0), event(1), event(2), completed(3)], 1000, []],
  ['events merged for a slow reader', [event(1), event(5, 0.5, 3), completed(6)], 1000, []],
  ['an event that never came', [event(1), event(3), completed(4)], 1000, ['gap']],
  ['two events that never came', [event(1), event(4)], undefined, ['gap', 'gap']],
  ['a hole that no memory holds', [event(1), event(5_000)], undefined, ['gap']],
  ['merged events that hide one more', [event(1), event(6, 0.5, 3)], undefined, ['gap']],
  ['an event that came twice', [event(1), event(2), event(2), completed(3)], 1000, ['duplicate']],
  ['two events that changed places', [event(1), event(3), event(2), completed(4)], 1000, ['reorder']],
  ['progress that goes back', [event(1, 0.5), event(2, 0.4)], undefined, ['progress_back']],
  ['a snapshot behind what was seen', [event(1, 0.5), status(1, 0.4)], undefined, ['progress_back']],
  ['two ends', [completed(1), completed(2)], 1000, ['terminal_twice']],
  ['the same end twice', [completed(1), completed(1)], 1000, ['terminal_twice', 'duplicate']],
  ['an event after the end', [completed(1), event(2, 1)], 1000, ['after_terminal']],
  ['a close as if it had ended', [event(1)], 1000, ['terminal_missing']],
  ['a close that says come back', [event(1)], 1011, []],
])('%s', (_, frames, code, found) => {
  expect(seen(frames, code)).toEqual(found)
})

test('a resume goes on after what was asked for, and repeats nothing', () => {
  const check = streamCheck(STALE_MS)
  check.opened(0)
  for (const frame of [connected(), event(1), event(2)]) expect(check.frame(frame, 1)).toEqual([])
  expect(check.ended(2, undefined)).toEqual([])
  check.opened(3, 2)
  expect(check.frame(connected('exact'), 4)).toEqual([])
  expect(check.frame(event(2), 5)).toEqual(['duplicate'])
  expect(check.frame(event(4), 6)).toEqual([])
  expect(check.ended(7, 1011)).toEqual(['gap'])
})

test.each<[ResumeResult, number, string[]]>([
  ['exact', 3, []],
  ['exact', 4, ['gap']],
  ['too_old', 9, []],
  ['gap', 1, []],
  ['epoch_changed', 1, []],
])('a resume after 2 that is answered with %s may start at %i', (resume, first, found) => {
  const check = streamCheck(STALE_MS)
  check.opened(0)
  for (const seq of [1, 2]) check.frame(event(seq), 1)
  check.ended(1, 1001)
  check.opened(2, 2)
  check.frame(connected(resume), 3)
  expect([...check.frame(event(first), 4), ...check.ended(5, undefined)]).toEqual(found)
})

test('a replay of everything is neither a repetition nor progress that goes back', () => {
  const check = streamCheck(STALE_MS)
  for (const start of [0, 10]) {
    check.opened(start)
    const found = [connected(), status(2, 0.02), event(1), event(2)].flatMap(frame =>
      check.frame(frame, start + 1),
    )
    expect([...found, ...check.ended(start + 2, undefined)]).toEqual([])
  }
})

test('silence is stale once for each connection, and not after the end', () => {
  const check = streamCheck(STALE_MS)
  check.opened(0)
  expect(check.frame(event(1), 999)).toEqual([])
  expect(check.frame(event(2), 2_500)).toEqual(['stale'])
  expect(check.frame(event(3), 5_000)).toEqual([])
  expect(check.frame(completed(4), 5_100)).toEqual([])
  expect(check.ended(60_000, 1000)).toEqual([])
  expect(check.stalestMs()).toBe(2_500)
  const dead = streamCheck(STALE_MS)
  dead.opened(0)
  expect(dead.ended(4_000, undefined)).toEqual(['stale'])
})

test('whatever order a server keeps, a client that drops anywhere and resumes finds nothing wrong', () => {
  const run = fc.record({ events: fc.integer({ min: 1, max: 60 }), drops: fc.array(fc.nat(60)) })
  fc.assert(
    fc.property(run, ({ events, drops }) => {
      const check = streamCheck(STALE_MS)
      const found: string[] = []
      check.opened(0)
      for (let seq = 1; seq <= events; seq++) {
        found.push(...check.frame(event(seq, seq / events), seq))
        if (!drops.includes(seq)) continue
        found.push(...check.ended(seq, undefined))
        check.opened(seq, seq)
        found.push(...check.frame(connected('exact'), seq))
      }
      found.push(...check.frame(completed(events + 1), events + 1), ...check.ended(events + 2, 1000))
      return found.length === 0
    }),
  )
})

test('one event left out of any stream is a gap, and one sent again a duplicate', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), (events, draw) => {
      const victim = 1 + (draw % (events - 1))
      const all = Array.from({ length: events }, (_, index) => event(index + 1, (index + 1) / events))
      const without = all.filter(frame => 'seq' in frame && frame.seq !== victim)
      const again = all.flatMap(frame => ('seq' in frame && frame.seq === victim ? [frame, frame] : [frame]))
      expect(seen(without)).toEqual(['gap'])
      expect(seen(again)).toEqual(['duplicate'])
    }),
  )
})
