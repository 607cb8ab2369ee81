import { expect, test } from 'vitest'
import type { MeteredSession, SharedFrame } from '#instrument'
import { CLOSE, type TaskEvent } from '#protocol'
import { createInstruments } from '../../src/instrument/instruments.ts'
import { manualClock } from '../../test/support/manual-clock.ts'
import { parseSamples } from '../../test/support/samples.ts'
import type { PublishedEvent } from '../store/store.ts'
import { type Outbox, outbox } from './outbox.ts'

const SLOW_MS = 10_000
const HIGH_WATER = 400

/** An outbox over a socket whose buffer the test fills and empties. */
function boxOver() {
  const clock = manualClock()
  const instruments = createInstruments(['/s/{id}'])
  const written: SharedFrame[][] = []
  const closes: { code: number; reason: string | undefined }[] = []
  let buffered = 0
  let onDrain = () => {}
  const session = {
    get open() {
      return closes.length === 0
    },
    sendShared(frames: readonly SharedFrame[]) {
      written.push([...frames])
      return 'sent' as const
    },
    get buffered() {
      return buffered
    },
    onDrain(callback: () => void) {
      onDrain = callback
    },
    close(code: number, _text?: string, reason?: string) {
      closes.push({ code, reason })
      box.close()
    },
  } as unknown as MeteredSession
  const tools = { instruments, clock, highWaterBytes: HIGH_WATER, slowMs: SLOW_MS }
  const box: Outbox = outbox(session, tools, { finish: () => session.close(CLOSE.ended), gaveUp() {} })
  return {
    box,
    clock,
    closes,
    types: () => written.map(frames => frames.map(({ type }) => type)),
    frames: () =>
      written.flat().map(({ bytes }) => JSON.parse(bytes.subarray(bytes.indexOf('{')).toString())),
    /** The peer stops reading: what is written stays. */
    stall() {
      buffered = HIGH_WATER + 1
    },
    drain() {
      buffered = 0
      onDrain()
    },
    metric: async (series: string) => parseSamples(await instruments.register.metrics()).get(series) ?? 0,
  }
}

const published = (event: Partial<TaskEvent> & { type: TaskEvent['type']; seq: number }): PublishedEvent => ({
  event: { task_id: 't', progress: event.seq / 100, stage: 's', ...event } as TaskEvent,
  at: 0,
})
const progress = (seq: number) => published({ type: 'progress', seq })

test('while the client keeps up every event is written, those of one turn in one piece', () => {
  const { box, types } = boxOver()
  box.send([progress(1)])
  box.send([progress(2), progress(3)])
  expect(types()).toEqual([['progress'], ['progress', 'progress']])
})

test('while it does not, progress coalesces, the latest wins and says what it stands for', async () => {
  const { box, stall, drain, types, frames, metric } = boxOver()
  stall()
  box.send([progress(1)])
  for (let seq = 2; seq <= 9; seq++) box.send([progress(seq)])
  expect(types()).toEqual([['progress']])
  drain()
  expect(frames().at(-1)).toMatchObject({ seq: 9, skipped: 7 })
  expect(await metric('ws_sends_total{outcome="coalesced",type="progress"}')).toBe(7)
  expect(await metric('ws_slow_consumer_actions_total{action="coalesce"}')).toBe(7)
})

test('review and terminal events never drop, and keep their places', () => {
  const { box, stall, drain, frames, closes } = boxOver()
  stall()
  box.send([progress(1)])
  box.send([progress(2), progress(3), published({ type: 'human_review_required', seq: 4, prompt: '?' })])
  box.send([progress(5), progress(6), published({ type: 'completed', seq: 7 })])
  drain()
  expect(frames().map(({ type, seq }) => [type, seq])).toEqual([
    ['progress', 1],
    ['progress', 3],
    ['human_review_required', 4],
    ['progress', 6],
    ['completed', 7],
  ])
  expect(closes).toEqual([{ code: CLOSE.ended, reason: undefined }])
})

test('however much comes, what waits is bounded', () => {
  const { box, stall } = boxOver()
  stall()
  box.send([progress(1)])
  for (let seq = 2; seq <= 10_000; seq++) box.send([progress(seq)])
  expect(box.buffered()).toBeLessThan(2 * HIGH_WATER)
})

test('what must arrive waits only so far: then its client is closed, at once', () => {
  const { box, stall, closes } = boxOver()
  stall()
  box.send([progress(1)])
  for (let seq = 2; seq <= 9; seq++) {
    box.send([published({ type: 'human_review_required', seq, prompt: 'x'.repeat(40) })])
  }
  expect(closes).toEqual([{ code: CLOSE.slowConsumer, reason: 'slow_consumer' }])
})

test('a client that stays slow is closed with its code, and what it never got is counted', async () => {
  const { box, stall, clock, closes, metric } = boxOver()
  stall()
  box.send([progress(1)])
  box.send([progress(2), published({ type: 'failed', seq: 3, error: 'no' })])
  clock.advance(SLOW_MS - 1)
  expect(closes).toEqual([])
  clock.advance(1)
  expect(closes).toEqual([{ code: CLOSE.slowConsumer, reason: 'slow_consumer' }])
  expect(await metric('ws_slow_consumer_actions_total{action="close"}')).toBe(1)
  expect(await metric('ws_sends_total{outcome="dropped_slow",type="progress"}')).toBe(1)
  expect(await metric('ws_terminal_undelivered_total{type="failed"}')).toBe(1)
})

test('one that catches up in time stays, and may be slow again', () => {
  const { box, stall, drain, clock, closes } = boxOver()
  for (let round = 0; round < 3; round++) {
    stall()
    box.send([progress(2 * round + 1)])
    clock.advance(SLOW_MS - 1)
    drain()
    clock.advance(SLOW_MS - 1)
  }
  expect(closes).toEqual([])
})
