import { expect, test } from 'vitest'
import type { PromSeries } from '#run'
import { lagProblems, widestGapSeconds } from './lag.ts'

const everySecond = (count: number, hole = 0, up = 1): PromSeries[] => [
  {
    labels: {},
    points: Array.from({ length: count }, (_, i) => [i * 1_000 + (i > 4 ? hole : 0), up] as const),
  },
]

function prometheusWith(scrapes: PromSeries[], evaluations: PromSeries[]) {
  return {
    query: async (expression: string) => (expression.startsWith('up{') ? scrapes : evaluations),
    range: async () => [],
  }
}
const span = { from: 0, to: 10_000 }

test('samples on time are no problem', async () => {
  expect(await lagProblems(prometheusWith(everySecond(10), everySecond(10)), 'a', span, 1)).toEqual([])
})

test('a late scrape, a late evaluation, a failed scrape and silence are each named', async () => {
  expect(await lagProblems(prometheusWith(everySecond(10, 1_500), everySecond(10)), 'a', span, 1)).toEqual([
    'scrapes lagged by 1.5 s',
  ])
  expect(await lagProblems(prometheusWith(everySecond(10), everySecond(10, 3_000)), 'a', span, 1)).toEqual([
    'rule evaluations lagged by 3.0 s',
  ])
  expect(await lagProblems(prometheusWith(everySecond(3, 0, 0), everySecond(10)), 'a', span, 1)).toEqual([
    '3 scrapes of the server failed',
  ])
  expect(await lagProblems(prometheusWith([], []), 'a', span, 1)).toEqual([
    'no scrapes were recorded',
    'no rule evaluations were recorded',
  ])
})

test('the widest gap is between neighbours', () => {
  expect(widestGapSeconds([0, 1_000, 4_500, 5_000])).toBe(3.5)
  expect(widestGapSeconds([7])).toBe(0)
})
