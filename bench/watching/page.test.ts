import { expect, test } from 'vitest'
import { budgetsOf, held, type WatchingCost, watchingPage } from './page.ts'
import { seriesOf } from './synthetic.ts'

const query = { board: 'overview', panel: 'Closes', refId: 'A', expr: 'up' } as const
const cost: WatchingCost = {
  machine: 'a machine',
  prometheus: '2.42.0',
  date: '2026-11-24T00:00:00.000Z',
  instances: 10,
  seriesOfOne: 400,
  groups: [
    { name: 'often', rules: 3, milliseconds: 40 },
    { name: 'seldom', rules: 1, milliseconds: 80 },
  ],
  sparse: { groups: ['seldom'], share: 1 / 8 },
  queries: [{ ...query, milliseconds: 201, series: 1 }],
  boards: [query, query],
}

test('a cycle has its share of what is evaluated now and then, and a budget holds up to its limit', () => {
  const [evaluation, dearest, largest] = budgetsOf(cost)
  expect(evaluation).toMatchObject({ measured: 50, limit: 50 })
  expect([evaluation, dearest, largest].map(budget => budget && held(budget))).toEqual([true, false, true])
  expect(largest?.measured).toBe(2)
})

test('the page gets its tables where it has room for them', () => {
  const page = `# Page\n\n<!-- measured: written by \`node bench/watching/main.ts --write\` -->\nold\n<!-- end of what is measured -->\n`
  const written = watchingPage(page, cost)
  expect(written).toContain('| dearest query of a panel, over 6 h | 201 ms | 200 ms | **missed** |')
  expect(written).toContain('| `seldom` | 1 | 80 ms | 8th cycle |')
  expect(written).not.toContain('old')
  expect(() => watchingPage('# Page', cost)).toThrow('no place')
})

test('of a scrape the series that somebody reads are taken, with what kind they are', () => {
  const page = [
    '# TYPE a_total counter',
    'a_total{x="1"} 3',
    '# TYPE b gauge',
    'b 2',
    'gone 1',
    '# TYPE h histogram',
    'h_bucket{le="+Inf"} 4',
    'h_sum 1.5',
  ].join('\n')
  expect(seriesOf(page, name => name !== 'gone')).toEqual([
    { id: 'a_total{x="1"}', isCounter: true },
    { id: 'b', isCounter: false },
    { id: 'h_bucket{le="+Inf"}', isCounter: true },
    { id: 'h_sum', isCounter: true },
  ])
})
