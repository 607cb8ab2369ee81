import { expect, test } from 'vitest'
import type { PrometheusClient } from '#run'
import { readCharts } from './charts.ts'

test('a second without a sample is a gap, and so is a share of nothing', async () => {
  const prometheus: PrometheusClient = {
    query: async () => [],
    range: async () => [
      {
        labels: {},
        points: [
          [10_000, 1],
          [11_000, Number.NaN],
          [13_000, 4],
        ],
      },
    ],
  }
  const [chart] = await readCharts(prometheus, 'web', { from: 9_000, to: 13_500 })
  expect(chart?.series[0]?.points).toEqual([
    [9_000, null],
    [10_000, 1],
    [11_000, null],
    [12_000, null],
    [13_000, 4],
  ])
})
