import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from './durations.ts'

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['1m30s', 90_000],
  ['3d', 259_200_000],
  ['0s', 0],
])('%s is %i ms, and back', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
  expect(formatDuration(milliseconds)).toBe(text)
})

test.each(['', '10', 's', '10 s', '-5s', '1.5s', '10s!'])('"%s" is refused with its value', text => {
  expect(() => parseDuration(text)).toThrow(`"${text}" is not a duration`)
})
