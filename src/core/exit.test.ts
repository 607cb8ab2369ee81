import { expect, test } from 'vitest'
import { worstExit } from './exit.ts'

test('a proven violation beats an unproven one, and what the person did beats both', () => {
  expect(worstExit([])).toBe(0)
  expect(worstExit([0, 4])).toBe(4)
  expect(worstExit([4, 1, 0])).toBe(1)
  expect(worstExit([1, 3])).toBe(3)
  expect(worstExit([3, 2])).toBe(2)
  expect(worstExit([2, 130, 1])).toBe(130)
})
