import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { trustedProxies } from './trusted-proxies.ts'

const request = (remoteAddress: string, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage

test.each([
  ['nobody is trusted: the header is anybody’s', [], '127.0.0.1', '6.6.6.6', '127.0.0.1'],
  ['a peer that is not listed', ['10.0.0.0/8'], '192.0.2.1', '6.6.6.6', '192.0.2.1'],
  ['one proxy', ['127.0.0.1'], '127.0.0.1', '192.0.2.7', '192.0.2.7'],
  [
    'what the client wrote itself stands further left',
    ['127.0.0.1'],
    '127.0.0.1',
    '6.6.6.6, 192.0.2.7',
    '192.0.2.7',
  ],
  ['a chain of proxies', ['127.0.0.1', '10.0.0.0/8'], '127.0.0.1', '192.0.2.7, 10.1.2.3', '192.0.2.7'],
  ['proxies alone', ['127.0.0.1', '10.0.0.0/8'], '127.0.0.1', '10.9.9.9, 10.1.2.3', '10.9.9.9'],
  ['garbage ends the chain', ['127.0.0.1'], '127.0.0.1', '192.0.2.7, <script>', '127.0.0.1'],
  ['no header', ['127.0.0.1'], '127.0.0.1', '', '127.0.0.1'],
  ['an IPv4 peer on a socket of both families', ['127.0.0.1'], '::ffff:127.0.0.1', '192.0.2.7', '192.0.2.7'],
  ['IPv6', ['fd00::/8'], 'fd00::1', '2001:db8::9', '2001:db8::9'],
])('%s', (_, entries, peer, forwarded, expected) => {
  const proxies = trustedProxies(entries)
  expect(proxies.clientAddress(request(peer, { 'x-forwarded-for': forwarded }))).toBe(expected)
})

test('scheme and host are believed of a trusted proxy alone', () => {
  const headers = { host: 'inner:8080', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example' }
  const proxies = trustedProxies(['10.0.0.1'])
  expect(proxies.asked(request('10.0.0.1', headers))).toEqual({ scheme: 'https', host: 'app.example' })
  expect(proxies.asked(request('10.0.0.2', headers))).toEqual({ scheme: undefined, host: 'inner:8080' })
})

test.each(['app.example', '10.0.0.0/33', '10.0.0.0/x', '::1/129', ''])('"%s" is no proxy', entry => {
  expect(() => trustedProxies([entry])).toThrow('no address and no network')
})
