import { expect, test } from 'vitest'
import { onGrid } from './grid.ts'

const START = 1_700_000_000_000
const series = (labels: Record<string, string>, ...points: [seconds: number, value: number][]) => ({
  labels,
  points: points.map(([at, value]) => [START + at * 1_000, value] as const),
})
const web = { job: 'web', instance: 'a' }
const up = (...points: [number, number][]) => series({ __name__: 'up', ...web }, ...points)
const valuesOf = (name: string, ...all: Parameters<typeof onGrid>[0]) =>
  onGrid(all, START, 4).find(one => one.name === name)?.values

test('samples land in their second, however they jitter about the moment at which their target is scraped', () => {
  const one = series({ __name__: 'a', ...web }, [0.49, 1], [1.52, 2], [2.4, 3], [3.5, 4])
  expect(valuesOf('a', one)).toEqual([1, 2, 3, 4])
})

test('a series that ceased while its target was still asked was stale; where nothing was asked it was not', () => {
  const asked = up([0, 1], [1, 0], [2, 0], [3, 1])
  expect(valuesOf('a', asked, series({ __name__: 'a', ...web }, [0, 7], [3, 8]))).toEqual([
    7,
    'stale',
    null,
    8,
  ])
  const unasked = up([0, 1], [3, 1])
  expect(valuesOf('a', unasked, series({ __name__: 'a', ...web }, [0, 7], [3, 8]))).toEqual([
    7,
    null,
    null,
    8,
  ])
})

test('what is no number is a word, and the name is no label', () => {
  const odd = series(
    { __name__: 'a', ...web },
    [0, Number.NaN],
    [1, Number.POSITIVE_INFINITY],
    [2, Number.NEGATIVE_INFINITY],
  )
  expect(onGrid([odd], START, 4)).toEqual([{ name: 'a', labels: web, values: ['NaN', '+Inf', '-Inf', null] }])
})
