import { expect, test } from 'vitest'
import type { Notification } from '#run'
import { manualClock } from '../../test/support/manual-clock.ts'
import { lastNotifications } from './timeline.ts'

const one = { job: 'a', alert: 'WsFlapping', severity: 'critical' }
const told = (status: Notification['status'], change = {}) => ({ ...one, status, ...change }) as Notification

function waiting(received: Notification[]) {
  const time = manualClock()
  const ctrlC = new AbortController()
  let outcome = 'waits'
  void lastNotifications([one], { notifications: () => received }, time, ctrlC.signal).then(
    () => {
      outcome = 'over'
    },
    () => {
      outcome = 'interrupted'
    },
  )
  return {
    ctrlC,
    async after(milliseconds: number) {
      for (let passed = 0; passed < milliseconds; passed += 100) {
        time.advance(100)
        await new Promise(setImmediate)
      }
      return outcome
    },
  }
}

test('it is over when what is awaited has resolved for good', async () => {
  const received = [told('firing'), told('resolved'), told('firing')]
  const { after } = waiting(received)
  expect(await after(1_000)).toBe('waits')
  received.push(told('resolved', { job: 'b' }), told('resolved', { severity: 'warning' }))
  expect(await after(1_000)).toBe('waits')
  received.push(told('resolved'))
  expect(await after(100)).toBe('over')
})

test('what never comes is waited for eight seconds, and not at all once somebody interrupts', async () => {
  const { after } = waiting([])
  expect(await after(7_900)).toBe('waits')
  expect(await after(200)).toBe('over')
  const interrupted = waiting([])
  interrupted.ctrlC.abort()
  expect(await interrupted.after(100)).toBe('interrupted')
})
