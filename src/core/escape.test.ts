import { expect, test } from 'vitest'
import { escapeControl, escapeHtml, withoutPassword } from './escape.ts'

test('markup becomes text', () => {
  expect(escapeHtml(`<img src="x" onerror='a&b'>`)).toBe(
    '&lt;img src=&quot;x&quot; onerror=&#39;a&amp;b&#39;&gt;',
  )
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
