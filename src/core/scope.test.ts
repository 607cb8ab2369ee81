import { expect, test } from 'vitest'
import { withScope } from './scope.ts'

test('releases in reverse order and hands the value back', async () => {
  const order: string[] = []
  const value = await withScope(async scope => {
    scope.defer(() => order.push('first taken'))
    scope.use({ [Symbol.dispose]: () => void order.push('second taken') })
    scope.use({ [Symbol.asyncDispose]: async () => void order.push('third taken') })
    return 7
  })
  expect(value).toBe(7)
  expect(order).toEqual(['third taken', 'second taken', 'first taken'])
})

test('every release runs, and the error of the body wins over theirs', async () => {
  const released: string[] = []
  const run = withScope(async scope => {
    scope.defer(() => released.push('a'))
    scope.defer(() => {
      throw new Error('release')
    })
    throw new Error('body')
  })
  await expect(run).rejects.toThrow('body')
  expect(released).toEqual(['a'])
})

test('an error of a release is not swallowed', async () => {
  const run = withScope(async scope => {
    scope.defer(() => Promise.reject(new Error('release')))
  })
  await expect(run).rejects.toThrow('release')
})
