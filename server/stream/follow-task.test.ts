import { expect, test } from 'vitest'
import { systemClock } from '#core'
import type { MeteredSession, SharedFrame } from '#instrument'
import { createTaskRequest } from '#protocol/decode'
import { createInstruments } from '../../src/instrument/instruments.ts'
import { readSamples } from '../../test/support/samples.ts'
import { DEFAULT_SETTINGS } from '../settings/index.ts'
import { memoryStore } from '../store/memory.ts'
import { taskReader } from '../store/reader.ts'
import type { NewEvent, PublishedEvent, TaskStore } from '../store/store.ts'
import { NO_FAULTS } from '../testing.ts'
import type { StreamContext } from './context.ts'
import { fanout } from './fanout.ts'
import { followTask } from './follow-task.ts'

interface Followed {
  history?: number
  /** Published while the client's history is read. */
  meanwhile?: NewEvent[]
  /** Published before it and two others come, but after the read that they join. */
  earlier?: NewEvent[]
}

/** Follows one task over a store whose live events can be withheld. */
async function following({ history = 1_000, meanwhile, earlier }: Followed = {}) {
  const instruments = createInstruments(['/s/{id}'])
  const memory = memoryStore(systemClock, { history, finishedMs: 60_000 })
  let withheld = (_published: PublishedEvent) => false
  let reads = 0
  let joined: Promise<void> | undefined
  const store: TaskStore = {
    ...memory,
    async history(taskId, afterSeq) {
      for (const event of meanwhile?.splice(0) ?? []) await memory.publish(taskId, event)
      const kept = await memory.history(taskId, afterSeq)
      reads += 1
      if (reads === 1) await joined
      return kept
    },
    subscribe: (taskId, listener, onLost) =>
      memory.subscribe(taskId, published => withheld(published) || listener(published), onLost),
  }
  const { task } = await store.create({
    request: createTaskRequest.parse({ kind: 'roadmap_generation', work: 'external' }),
    seed: 1,
  })
  const sent: { type: string; seq: number }[] = []
  const closes: number[] = []
  const note = (text: string) => sent.push(JSON.parse(text))
  const session = {
    open: true,
    buffered: 0,
    listen: () => {},
    onDrain: () => {},
    send: (text: string) => {
      note(text)
      return 'sent'
    },
    sendShared(frames: readonly SharedFrame[]) {
      for (const { bytes } of frames) note(bytes.subarray(bytes.indexOf('{')).toString())
      return 'sent'
    },
    close: (code: number) => void closes.push(code),
  } as unknown as MeteredSession
  const context = {
    settings: DEFAULT_SETTINGS,
    store,
    reader: taskReader(store, { timeoutMs: 1_000, delay: async () => {} }),
    fanout: fanout(store, instruments, systemClock, () => {}, NO_FAULTS),
    faults: NO_FAULTS,
    meter: { instruments },
    clock: systemClock,
    boxes: new Set(),
  } as unknown as StreamContext
  const follow = (as = session) =>
    followTask(context, as, { taskId: task.task_id, includeHistory: true, resume: undefined })
  const unheard = { ...session, send: () => 'sent', sendShared: () => 'sent' } as unknown as MeteredSession
  if (earlier) {
    const hold = Promise.withResolvers<void>()
    joined = hold.promise
    const others = context.reader.history(task.task_id, 0)
    await expect.poll(() => reads).toBe(1)
    for (const event of earlier) await memory.publish(task.task_id, event)
    const followed = [follow(), follow(unheard), follow(unheard)]
    hold.resolve()
    expect(await others).toEqual([])
    await Promise.all(followed)
  } else await follow()
  return {
    closes,
    reads: () => reads,
    /** So many more follow it. */
    join: (count: number) => Promise.all(Array.from({ length: count }, () => follow(unheard))),
    types: () => sent.map(({ type }) => type),
    events: () => sent.filter(({ type }) => type === 'progress').map(({ seq }) => seq),
    publish: () => store.publish(task.task_id, { type: 'progress', progress: 0, stage: 's' }),
    withhold(seq: number) {
      withheld = ({ event }) => event.seq === seq
    },
    withholdFrom(seq: number) {
      withheld = ({ event }) => event.seq >= seq
    },
    withholdNothing() {
      withheld = () => false
    },
    gaps: async () =>
      (await readSamples(instruments.register)).get('task_sequence_gaps_total{where="connection"}'),
  }
}

test('an event that was lost on its way is read from the history, in its place, and counted', async () => {
  const { publish, withhold, events, gaps, closes } = await following()
  withhold(3)
  for (let seq = 1; seq <= 5; seq++) {
    await publish()
    await new Promise(resolve => setImmediate(resolve))
  }
  await expect.poll(events).toEqual([1, 2, 3, 4, 5])
  expect(await gaps()).toBe(1)
  expect(closes).toEqual([])
})

test('an event that is missing between two of one turn is found too', async () => {
  const { publish, withhold, events, gaps } = await following()
  withhold(2)
  for (let seq = 1; seq <= 3; seq++) await publish()
  await expect.poll(events).toEqual([1, 2, 3])
  expect(await gaps()).toBe(1)
})

test('however many have lost an event, it is read once', async () => {
  const { publish, withhold, join, reads, events, gaps } = await following()
  await join(50)
  const before = reads()
  withhold(1)
  await publish()
  await publish()
  await expect.poll(events).toEqual([1, 2])
  expect(await gaps()).toBe(51)
  expect(reads() - before).toBe(1)
})

test('what is lost and not kept any more cannot be healed: the client is told to come back', async () => {
  const { publish, withholdFrom, withholdNothing, events, closes } = await following({ history: 3 })
  await publish()
  await expect.poll(events).toEqual([1])
  withholdFrom(2)
  for (let seq = 2; seq <= 9; seq++) await publish()
  withholdNothing()
  await publish()
  await expect.poll(() => closes).toEqual([1012])
  expect(events()).toEqual([1])
})

test('a task that ends while its history is read is no gap: every event once, then the end', async () => {
  const step: NewEvent = { type: 'progress', progress: 0.5, stage: 's' }
  const { types, closes, gaps } = await following({ meanwhile: [step, { type: 'completed', progress: 1 }] })
  expect(types()).toEqual(['connected', 'current_status', 'progress', 'completed'])
  expect(closes).toEqual([1000])
  expect(await gaps()).toBe(0)
})

test('clients that join a read which began before they came read again, once for all: nothing told between is lost', async () => {
  const step: NewEvent = { type: 'progress', progress: 0.5, stage: 's' }
  const { publish, events, types, reads, gaps, closes } = await following({ earlier: [step, step, step] })
  await publish()
  await expect.poll(events).toEqual([1, 2, 3, 4])
  expect(types().slice(0, 2)).toEqual(['connected', 'current_status'])
  expect(reads()).toBe(2)
  expect(await gaps()).toBe(0)
  expect(closes).toEqual([])
})
