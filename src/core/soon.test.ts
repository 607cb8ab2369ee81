import { expect, test } from 'vitest'
import { whenThere } from './soon.ts'

test('what is there goes on at once, what is not goes on when it comes, and a failure passes', async () => {
  expect(whenThere(1, value => value + 1)).toBe(2)
  expect(await whenThere(Promise.resolve(1), value => value + 1)).toBe(2)
  await expect(whenThere(Promise.reject(new Error('away')), () => 1)).rejects.toThrow('away')
})
