import { expect, test } from 'vitest'
import { preflight } from './preflight.ts'

const machine = { descriptors: 20_000, ephemeralPorts: 28_232, cores: 2 }
const plan = { sockets: 100, attemptsPerMinute: 1_000, addresses: 1, segments: 1 }

test('a load that the machine can make has no problems, also where it does not tell its limits', () => {
  expect(preflight(plan, machine)).toEqual([])
  const unknown = { descriptors: Number.POSITIVE_INFINITY, ephemeralPorts: undefined, cores: 1 }
  expect(preflight(plan, unknown)).toEqual([])
})

test.each([
  [{ sockets: 19_950 }, '19950 sockets need 20050 descriptors, and a process may have 20000 (ulimit -n)'],
  [
    { attemptsPerMinute: 30_000 },
    '30000 attempts within a minute need as many local ports, and 1 address has 28232 (--addresses)',
  ],
  [
    { attemptsPerMinute: 90_000, addresses: 3 },
    '90000 attempts within a minute need as many local ports, and 3 addresses have 84696 (--addresses)',
  ],
])('%j is too much, and it says of what', (more, problem) => {
  expect(preflight({ ...plan, ...more }, machine)).toEqual([problem])
})

test('processes that share a crowd have descriptors of their own', () => {
  const small = { ...machine, descriptors: 1_024 }
  expect(preflight({ ...plan, sockets: 1_800, segments: 2 }, small)).toEqual([])
  expect(preflight({ ...plan, sockets: 1_900, segments: 2 }, small)).toEqual([
    '1900 sockets need 1050 descriptors in each of 2 processes, and a process may have 1024 (ulimit -n)',
  ])
})

test('more source addresses make room for more attempts', () => {
  expect(preflight({ ...plan, attemptsPerMinute: 30_000, addresses: 2 }, machine)).toEqual([])
  expect(
    preflight({ ...plan, sockets: 30_000 }, { ...machine, descriptors: 1e6, ephemeralPorts: 1e6 }),
  ).toEqual(['30000 sockets are more than 2 cores can play (10000 each)'])
})
