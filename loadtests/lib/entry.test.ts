import { expect, test } from 'vitest'
import { entryOf, idAfter } from './entry.ts'

/** Who a client is after attempts of which each opened or not. */
function after(...attempts: boolean[]): string {
  const entry = entryOf()
  for (const opened of attempts) entry.ended(opened)
  return idAfter('client-1', entry)
}

test('who was let in and then refused comes back as another, also when it was let in once more', () => {
  expect(after(true, true, false)).toBe('client-1-anew')
  expect(after(false, true, false, true)).toBe('client-1-anew')
})

test('who was never let in, and who was never refused after it, stay who they are', () => {
  expect(after()).toBe('client-1')
  expect(after(false, false)).toBe('client-1')
  expect(after(false, true, true)).toBe('client-1')
})

test('what was before the fault says nothing: served, then on a wrong path; refused once, then served', () => {
  const entry = entryOf()
  entry.ended(true)
  entry.begin()
  entry.ended(false)
  expect(idAfter('client-1', entry)).toBe('client-1')
  entry.ended(true)
  entry.ended(false)
  entry.begin()
  entry.ended(true)
  expect(idAfter('client-1', entry)).toBe('client-1')
})
