import { expect, test } from 'vitest'
import { escapeControl, escapeHtml, escapeLine, withoutPassword } from './escape.ts'

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

test.each([
  ['redis://127.0.0.1:6379/0', 'redis://127.0.0.1:6379/0'],
  ['redis://user:hunter2@127.0.0.1/0?password=hunter3&db=1', 'redis://***@127.0.0.1/0?password=***&db=1'],
  ['redis://:hunter@2@127.0.0.1', 'redis://***@127.0.0.1'],
  ['redis://:hunter/2@127.0.0.1', 'redis://***@127.0.0.1'],
])('a URL is shown without its password: %s', (url, shown) => {
  expect(withoutPassword(url)).toBe(shown)
})
