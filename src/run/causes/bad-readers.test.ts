import { expect, test } from 'vitest'
import { type BadReaderFigures, judgeReaders } from './bad-readers.ts'

const silent: BadReaderFigures = {
  readers: 4,
  reads: 'nothing',
  heartbeatMs: 1_000,
  framesRead: 8,
  stillOpen: 0,
  closes: { 4008: 4 },
}

test('silent peers that a server has closed in time are as it should be', () => {
  expect(judgeReaders(silent, 3_000)).toEqual({ violations: [], problems: [] })
})

test('silent peers that it kept are a violation, unless the time was too short to tell', () => {
  const kept = { ...silent, stillOpen: 3 }
  expect(judgeReaders(kept, 3_000).violations).toEqual(['3 of 4 silent peers were still connected after 3 s'])
  expect(judgeReaders(kept, 2_000)).toMatchObject({
    violations: [],
    problems: [expect.stringContaining('shows nothing')],
  })
})

test('slow readers may stay; readers that never got anything prove nothing', () => {
  expect(judgeReaders({ ...silent, reads: 'little', stillOpen: 4 }, 9_000)).toEqual({
    violations: [],
    problems: [],
  })
  expect(judgeReaders({ ...silent, framesRead: 0 }, 9_000).problems).toEqual([
    'the bad readers never got a frame',
  ])
})
