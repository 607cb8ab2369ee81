import { expect, test } from 'vitest'
import { performancePage } from './page.ts'
import type { BenchRecord } from './result.ts'
import { estimate } from './statistics.ts'

const record: BenchRecord = {
  name: 'fan-out',
  title: 'One message to all',
  claims: [
    { what: 'deliveries', unit: '× bare ws', value: estimate([1.1, 1.2, 1.3]), limit: { atLeast: 1.15 } },
    { what: 'latency', unit: 'ms', value: estimate([5, 6, 7]), limit: { atMost: 5.5 } },
  ],
  figures: [{ what: 'deliveries', subject: 'ws', unit: '/s', value: estimate([120_000]) }],
  notes: [],
  generatorBusy: 0.99,
  date: '2026-11-24T12:00:00.000Z',
  machine: 'two cores',
  cores: 'pinned',
  rounds: 3,
}
const page = [
  'before',
  '<!-- measured: written by `npm run bench -- --write` -->',
  'old',
  '<!-- end of what is measured -->',
  'after',
].join('\n')

test('the tables are made from results, the text around them stays', () => {
  const written = performancePage(page, [record])
  expect(written).toMatch(/^before\n/)
  expect(written).toMatch(/\nafter$/)
  expect(written).not.toContain('old')
  expect(written).toContain(
    '| `fan-out` | deliveries | 1.20 [1.10, 1.30] × bare ws | ≥ 1.15 × bare ws | held | 2026-11-24 |',
  )
  expect(written).toContain(
    '| `fan-out` | latency | 6.00 [5.00, 7.00] ms | ≤ 5.50 ms | **missed** | 2026-11-24 |',
  )
  expect(written).toContain('| `fan-out` | deliveries | ws | 120,000 /s |')
  expect(written).toContain('The generator was the limit in at least one round of: fan-out.')
  expect(performancePage(written, [record])).toBe(written)
})

test('results of several sources say which rows are whose', () => {
  const others = ['latency', 'bursts'].map(name => ({ ...record, name, rounds: 5 }))
  expect(performancePage(page, [record])).toContain('\ntwo cores; pinned; 3 rounds.\n')
  const written = performancePage(page, [record, ...others])
  expect(written).toContain('`fan-out`: two cores; pinned; 3 rounds.')
  expect(written).toContain('`latency`, `bursts`: two cores; pinned; 5 rounds.')
})

test('a page without a place for them is not written over', () => {
  expect(() => performancePage('nothing here', [record])).toThrow('no place')
})
