import { expect, test } from 'vitest'
import { urlOf } from './url-of.ts'

test.each([
  ['127.0.0.1', 'http://127.0.0.1:8080'],
  ['::1', 'http://[::1]:8080'],
  ['app.example', 'http://app.example:8080'],
])('the URL of a server at %s is one', (host, url) => {
  expect(urlOf(host, 8080)).toBe(url)
  expect(new URL(url).port).toBe('8080')
})
