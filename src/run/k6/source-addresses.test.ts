import { expect, test } from 'vitest'
import { localAddresses } from './source-addresses.ts'

test('a crowd on this machine has several addresses; towards another machine the system decides', () => {
  expect(localAddresses(['http://127.0.0.1:80'], 3, 'linux')).toEqual(['127.0.0.2', '127.0.0.3', '127.0.0.4'])
  expect(localAddresses(['http://127.0.0.1:80', 'http://example.org'], 3, 'linux')).toEqual([''])
  expect(localAddresses(['http://[::1]:80'], 3, 'linux')).toEqual([''])
  expect(localAddresses(['http://127.0.0.1:80'], 3, 'darwin')).toEqual([''])
})
