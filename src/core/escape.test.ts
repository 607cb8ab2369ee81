import { expect, test } from 'vitest'
import { escapeControl, escapeHtml, escapeLine } from './escape.ts'

test('markup becomes text', () => {
  expect(escapeHtml(`<img src="x" onerror='a&b'>`)).toBe(
    '&lt;img src=&quot;x&quot; onerror=&#39;a&amp;b&#39;&gt;',
  )
})

test('nothing in a line is a command for a CI runner', () => {
  expect(escapeLine('::error::a')).toBe(': :error::a')
  expect(escapeLine('  ::add-mask::a')).toBe('  : :add-mask::a')
  expect(escapeLine('\u001b[31m##[error]a ::b')).toBe('\\u001b[31m## [error]a ::b')
})

test('terminal escapes and direction overrides become visible', () => {
  expect(escapeControl('a\u001b[31mb\n\u202ec')).toBe('a\\u001b[31mb\\u000a\\u202ec')
})
