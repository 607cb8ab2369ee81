import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { originCheck } from './origin.ts'
import { trustedProxies } from './trusted-proxies.ts'

const PROXY = '10.0.0.1'
const check = originCheck(['https://app.example', 'http://localhost:5173'], trustedProxies([PROXY]))

const from = (origin: string | undefined, host: string, remoteAddress = '192.0.2.1', more = {}) =>
  check({ socket: { remoteAddress }, headers: { origin, host, ...more } } as unknown as IncomingMessage)

test.each([
  ['no browser', undefined, 'a.example', true],
  ['the server’s own page', 'http://a.example:8080', 'a.example:8080', true],
  ['… in other letters', 'http://A.Example:8080', 'a.EXAMPLE:8080', true],
  ['… with the default port left out by one of them', 'https://a.example', 'a.example:443', true],
  ['… behind a proxy that ends TLS and nobody told us of', 'https://a.example', 'a.example', true],
  ['another port', 'http://a.example:8081', 'a.example:8080', false],
  ['another site', 'https://evil.example', 'a.example', false],
  ['another site that begins alike', 'https://a.example.evil.example', 'a.example', false],
  ['another site with our name as its user', 'https://a.example@evil.example', 'a.example', false],
  ['a listed origin', 'https://app.example', 'a.example', true],
  ['a listed origin in other letters, with its port', 'https://APP.example:443', 'a.example', true],
  ['a listed host with another scheme', 'http://app.example', 'a.example', false],
  ['a listed host with another port', 'https://app.example:8443', 'a.example', false],
  ['a sandboxed frame', 'null', 'null', false],
  ['a file', 'file://', 'a.example', false],
  ['an extension', 'chrome-extension://abc', 'abc', false],
  ['nothing', '', '', false],
  ['two at once', 'https://app.example, https://evil.example', 'a.example', false],
  ['a path', 'https://app.example/path', 'a.example', false],
])('%s', (_, origin, host, allowed) => {
  expect(from(origin, host)).toBe(allowed)
})

test('behind a trusted proxy its word on scheme and host decides; of anybody else it is ignored', () => {
  const told = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' }
  expect(from('https://shop.example', 'inner:8080', PROXY, told)).toBe(true)
  expect(from('http://shop.example', 'inner:8080', PROXY, told)).toBe(false)
  expect(from('https://shop.example', 'inner:8080', '192.0.2.1', told)).toBe(false)
})

test.each([
  ['http://localhost:8080', 'localhost:8080', true],
  ['http://127.0.0.1:8080', '127.0.0.1:8080', true],
  ['http://[::1]:8080', '[::1]:8080', true],
  ['http://rebound.evil.example:8080', 'rebound.evil.example:8080', false],
])('over loopback the own page is called by an address or localhost: %s', (origin, host, allowed) => {
  expect(from(origin, host, '127.0.0.1')).toBe(allowed)
})

test.each(['app.example', 'https://app.example/', 'null', '*'])('"%s" cannot be allowed', entry => {
  expect(() => originCheck([entry], trustedProxies([]))).toThrow('no origin')
})
