import { expect, test } from 'vitest'
import { FAULTS } from '#catalog'
import { manualClock } from '../../test/support/manual-clock.ts'
import { parseFaults } from '../settings/faults.ts'
import { openFaults } from './index.ts'

const tools = () => ({ clock: manualClock(), random: () => 0.5 })

test('while nothing is on, a place runs the healthy part itself', async () => {
  await using faults = await openFaults(new Map(), tools())
  const healthy = () => Promise.resolve()
  expect(faults.at('historyDelay', healthy)).toBe(healthy)
  await faults.set('slow-history', '1s')
  expect(faults.at('historyDelay', healthy)).not.toBe(healthy)
  await faults.set('slow-history', 'off')
  expect(faults.at('historyDelay', healthy)).toBe(healthy)
})

test('each variant of each fault can be switched on, and off again', async () => {
  await using faults = await openFaults(new Map(), tools())
  for (const { name, variants } of Object.values(FAULTS)) {
    for (const variant of [...Object.keys(variants), 'off']) {
      // Blocking is what it is for; its own test does that.
      if (name !== 'blocked-event-loop') expect(await faults.set(name, variant)).toMatchObject({ variant })
    }
  }
  expect(faults.list().filter(({ variant }) => variant !== 'off')).toEqual([])
})

test('two faults at one place both have their effect', async () => {
  const { clock, random } = tools()
  await using faults = await openFaults(parseFaults(['subscriber-leak=all', 'broadcast-abort']), {
    clock,
    random,
  })
  let left = 0
  const healthy = async () => ({ [Symbol.dispose]: () => void left++ })
  const member = { deliver() {}, lost() {}, isSlow: () => false }
  const membership = await faults.at('join', healthy)('t1', member)
  membership[Symbol.dispose]()
  expect(left).toBe(0)
  await faults.set('subscriber-leak', 'off')
  // The leak lets go, into the hands of the fault that never takes anybody off its list.
  expect(left).toBe(0)
  await faults.set('broadcast-abort', 'off')
  expect(left).toBe(1)
})

test('two servers in one process have switches of their own', async () => {
  await using one = await openFaults(parseFaults(['slow-history']), tools())
  await using other = await openFaults(new Map(), tools())
  await one.set('never-closes', 'never')
  const on = (faults: typeof one) =>
    faults.list().flatMap(({ name, variant }) => (variant === 'off' ? [] : name))
  expect(on(one)).toEqual(['slow-history', 'never-closes'])
  expect(on(other)).toEqual([])
})

test('a bare name means the mildest variant; nonsense is named', () => {
  expect([...parseFaults(['slow-history', 'never-closes=never', 'send-in-catch'])]).toEqual([
    ['slow-history', '300ms'],
    ['never-closes', 'never'],
    ['send-in-catch', 'on'],
  ])
  expect(() => parseFaults(['slow-history=2s'])).toThrow('cannot be set to "2s"')
  expect(() => parseFaults(['slow-history='])).toThrow('cannot be set to ""')
  expect(() => parseFaults(['constructor'])).toThrow('there is no fault switch "constructor"')
  expect(() => parseFaults(['constructor', 'send-in-catch', 'slow-history=2s'])).toThrow(
    /there is no fault switch "constructor".*slow-history cannot be set to "2s"/,
  )
})
