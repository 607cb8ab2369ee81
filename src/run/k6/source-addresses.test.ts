import { expect, test } from 'vitest'
import { localAddresses, shareOf } from './source-addresses.ts'

test('a crowd on this machine has several addresses; towards another machine the system decides', () => {
  expect(localAddresses(['http://127.0.0.1:80'], 3, 'linux')).toEqual(['127.0.0.2', '127.0.0.3', '127.0.0.4'])
  expect(localAddresses(['http://127.0.0.1:80', 'http://example.org'], 3, 'linux')).toEqual([''])
  expect(localAddresses(['http://[::1]:80'], 3, 'linux')).toEqual([''])
  expect(localAddresses(['http://127.0.0.1:80'], 3, 'darwin')).toEqual([''])
})

test('generators share the addresses out, so that no two have one in common', () => {
  const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6']
  const shares = [0, 1, 2].map(index => shareOf(addresses, index, 3))
  expect(shares.map(({ length }) => length)).toEqual([2, 2, 1])
  expect(shares.flat().toSorted()).toEqual(addresses)
})
