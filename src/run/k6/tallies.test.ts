import { expect, test } from 'vitest'
import { TALLY_MARK, type Tally, windowLength } from '#catalog'
import { curvesOf } from './curves.ts'
import { mergeTallies, readTallies } from './tallies.ts'

const tally: Tally = {
  from: 10_000,
  windowMs: 1_000,
  windows: {
    0: { counts: { accepted: 3 }, closes: {}, times: { petrel_connect_ms: { 2: 2, 8: 1 } } },
    2: { counts: { accepted: 1, lost: 2, back: 1 }, closes: { abnormal: 2, left: 1 }, times: {} },
  },
  trends: { petrel_staleness_ms: { 5: 1 } },
}
const line = `${TALLY_MARK}${JSON.stringify(tally)}`

test('tallies are found among other lines, and what was cut off or is of another shape is passed over', () => {
  const text = ['a log line', line, line.slice(0, 60), `${TALLY_MARK}{"from":"x"}`, `time=1 ${line}`].join(
    '\n',
  )
  expect(readTallies(text)).toEqual([tally, tally])
})

test('windows and distributions of several VUs are added', () => {
  const merged = mergeTallies([tally, tally])
  expect(merged?.windows[2]).toEqual({
    counts: { accepted: 2, lost: 4, back: 2 },
    closes: { abnormal: 4, left: 2 },
    times: {},
  })
  expect(merged?.windows[0]?.times).toEqual({ petrel_connect_ms: { 2: 4, 8: 2 } })
  expect(merged?.trends).toEqual({ petrel_staleness_ms: { 5: 2 } })
  expect(mergeTallies([])).toBeUndefined()
})

test('the course in time has a point for each window, also where nothing happened', () => {
  const points = curvesOf(tally)?.points ?? []
  expect(points.map(({ at, accepted, open, lost, back }) => [at, accepted, open, lost, back])).toEqual([
    [10_000, 3, 3, 0, 0],
    [11_000, 0, 3, 0, 0],
    [12_000, 1, 1, 2, 1],
  ])
  expect(points[0]?.connectMs?.p50).toBe(2)
  expect(points[1]?.connectMs).toBeNull()
  expect(curvesOf(undefined)).toBeNull()
})

test('a window is a second, and longer only where a chart could not show so many', () => {
  expect(windowLength(20_000)).toBe(1_000)
  expect(windowLength(300_000)).toBe(1_000)
  expect(windowLength(8 * 3_600_000) / 1_000).toBe(96)
})
