import { expect, test } from 'vitest'
import type { TaskEvent } from '#protocol'
import { createInstruments } from '../../src/instrument/instruments.ts'
import type { PublishedEvent, TaskStore } from '../store/store.ts'
import { NO_FAULTS } from '../testing.ts'
import { fanout, type Member } from './fanout.ts'

function publisher() {
  const listeners = new Set<(published: PublishedEvent) => void>()
  let losing = () => {}
  let subscriptions = 0
  const store = {
    async subscribe(_taskId: string, listener: (published: PublishedEvent) => void, onLost: () => void) {
      subscriptions += 1
      listeners.add(listener)
      losing = onLost
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  } as unknown as TaskStore
  const errors: unknown[] = []
  const instruments = createInstruments(['/s/{id}'])
  let seq = 0
  const hub = fanout(store, instruments, { wall: () => 0 }, error => void errors.push(error), NO_FAULTS)
  return {
    join: async (taskId: string, one: Member): Promise<Disposable> => hub.join(taskId, one),
    errors,
    publish() {
      const event = { type: 'progress', task_id: 't', seq: ++seq, progress: 0, stage: 's' } as TaskEvent
      for (const listener of listeners) listener({ event, at: 0 })
    },
    lose: () => losing(),
    live: () => listeners.size,
    subscriptions: () => subscriptions,
  }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

/** A member that notes the sequences of each piece that it gets. */
function member(deliver: (pieces: number[][]) => void = () => {}): Member & { pieces: number[][] } {
  const pieces: number[][] = []
  return {
    pieces,
    deliver(published) {
      pieces.push(published.map(({ event }) => event.seq))
      deliver(pieces)
    },
    lost: () => {},
    isSlow: () => false,
  }
}

test('what is published within one turn of the loop leaves in one piece', async () => {
  const { join, publish } = publisher()
  const one = member()
  await join('t', one)
  publish()
  publish()
  publish()
  await expect.poll(() => one.pieces).toEqual([[1, 2, 3]])
})

test('however many follow a task, the store has one subscriber, and none when all have left', async () => {
  const { join, live, subscriptions } = publisher()
  const memberships = await Promise.all([1, 2, 3].map(() => join('t', member())))
  expect(subscriptions()).toBe(1)
  for (const membership of memberships) membership[Symbol.dispose]()
  await expect.poll(live).toBe(0)
})

test('a member that throws costs the others nothing, and is told of', async () => {
  const { join, publish, errors } = publisher()
  const before = member()
  const after = member()
  await join('t', before)
  await join(
    't',
    member(() => {
      throw new Error('a dead socket')
    }),
  )
  await join('t', after)
  publish()
  await expect.poll(() => after.pieces).toEqual([[1]])
  expect(before.pieces).toEqual([[1]])
  expect(errors).toHaveLength(1)
})

test('a large crowd is written to in rounds: the loop turns in between, and nothing overtakes', async () => {
  const { join, publish } = publisher()
  const crowd = Array.from({ length: 2_000 }, () => member())
  for (const one of crowd) await join('t', one)
  publish()
  let turns = 0
  while ((crowd.at(-1)?.pieces.length ?? 0) === 0) {
    await turn()
    turns += 1
    if (turns === 2) publish()
  }
  expect(turns).toBeGreaterThanOrEqual(4)
  await expect.poll(() => crowd.every(({ pieces }) => pieces.flat().length === 2)).toBe(true)
  for (const { pieces } of crowd) expect(pieces.flat()).toEqual([1, 2])
})

test('when the store has lost the task, every member learns it', async () => {
  const { join, lose } = publisher()
  let told = 0
  for (let index = 0; index < 3; index++) {
    await join('t', {
      deliver: () => {},
      isSlow: () => false,
      lost() {
        told += 1
      },
    })
  }
  lose()
  expect(told).toBe(3)
})
