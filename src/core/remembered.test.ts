import { expect, test } from 'vitest'
import { remembered } from './remembered.ts'

test('computes once for the same argument, and anew for another', () => {
  let computed = 0
  const first = remembered((list: readonly number[]) => {
    computed += 1
    return list[0]
  })
  const one = [1]
  expect([first(one), first(one), first([2]), first(one)]).toEqual([1, 1, 2, 1])
  expect(computed).toBe(3)
})
