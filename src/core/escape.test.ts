import { expect, test } from 'vitest'
import { escapeControl, escapeHtml } from './escape.ts'

test('markup becomes text', () => {
  expect(escapeHtml(`<img src="x" onerror='a&b'>`)).toBe(
    '&lt;img src=&quot;x&quot; onerror=&#39;a&amp;b&#39;&gt;',
  )
})

test('terminal escapes and direction overrides become visible', () => {
  expect(escapeControl('a\u001b[31mb\n\u202ec')).toBe('a\\u001b[31mb\\u000a\\u202ec')
})
