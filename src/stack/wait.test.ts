import { expect, test } from 'vitest'
import { until } from './wait.ts'

const { signal } = new AbortController()

test('asks until there is an answer, and hands it back', async () => {
  let asked = 0
  const answer = await until(() => (++asked === 3 ? 'ready' : undefined), {
    what: 'the third time',
    timeoutMs: 1_000,
    everyMs: 1,
    signal,
  })
  expect(answer).toBe('ready')
  expect(asked).toBe(3)
})

test('zero and the empty text are answers', async () => {
  const options = { what: 'anything', timeoutMs: 1_000, signal }
  expect(await until<number>(() => 0, options)).toBe(0)
  expect(await until<string>(async () => '', options)).toBe('')
})

test('gives up after the time and says what it waited for', async () => {
  const waiting = until(() => false, { what: 'a ship', timeoutMs: 5, everyMs: 1, signal })
  await expect(waiting).rejects.toMatchObject({
    code: 'wait_timeout',
    message: 'waited 5 ms for a ship in vain',
  })
})

test('stops asking when it is interrupted', async () => {
  const ctrlC = new AbortController()
  let asked = 0
  const check = () => {
    asked += 1
    ctrlC.abort(new Error('interrupted'))
  }
  await expect(
    until<string>(check as () => undefined, {
      what: 'a ship',
      timeoutMs: 60_000,
      everyMs: 1,
      signal: ctrlC.signal,
    }),
  ).rejects.toThrow('interrupted')
  expect(asked).toBe(1)
})
