import fc from 'fast-check'
import { expect, test } from 'vitest'
import { downsample, type Point } from './downsample.ts'
import { sinceStart, type TimeFrame, timeTicks } from './frame.ts'
import { html } from './html.ts'
import { lineChart } from './line-chart.ts'

const frame: TimeFrame = { span: { from: 0, to: 85_000 }, fault: { from: 20_000, to: 45_000 } }
const chart = (points: [number, number | null][], unit = 'per second') =>
  lineChart({ title: 'T', unit, series: [{ name: 'a', unit, points }] }, frame, [], 'id').text

test('what is not markup is escaped, in text and in attributes, with control characters made visible', () => {
  const hostile = `<script>"'&\u001b[31m\u202e\ud800`
  expect(html`<p title="${hostile}">${[hostile]}</p>`.text).toBe(
    `<p title="&lt;script&gt;&quot;&#39;&amp;\\u001b[31m\\u202e\ufffd">&lt;script&gt;&quot;&#39;&amp;\\u001b[31m\\u202e\ufffd</p>`,
  )
})

test('ticks of time stand at round distances, inside the frame, at most nine', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7_200_000 }), length => {
      const ticks = timeTicks({ span: { from: 5, to: 5 + length }, fault: { from: 5, to: 6 } })
      expect(ticks.length).toBeLessThanOrEqual(9)
      expect(ticks[0]).toBe(5)
      expect(ticks.every(time => time <= 5 + length)).toBe(true)
    }),
  )
  expect(timeTicks(frame).map(time => sinceStart(time, frame))).toEqual([
    '00:00',
    '00:15',
    '00:30',
    '00:45',
    '01:00',
    '01:15',
  ])
})

test('a long series keeps its extremes, its gaps and its order', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer()), { minLength: 1, maxLength: 3_000 }), values => {
      const points = values.map((value, index): Point => [index, value])
      const kept = downsample(points, 100)
      expect(kept.length).toBeLessThanOrEqual(Math.max(100, 100 * 1.5 + 3))
      const measured = (list: readonly Point[]) =>
        list.flatMap(([, value]) => (value === null ? [] : [value]))
      if (measured(points).length > 0) {
        expect(Math.max(...measured(kept))).toBe(Math.max(...measured(points)))
        expect(Math.min(...measured(kept))).toBe(Math.min(...measured(points)))
      }
      expect(kept.some(([, value]) => value === null)).toBe(values.includes(null))
      expect(kept.map(([time]) => time)).toEqual(kept.map(([time]) => time).toSorted((a, b) => a - b))
    }),
  )
})

test('a series without values says so in words, never an empty box', () => {
  for (const empty of [chart([]), chart([[0, null]])]) {
    expect(empty).toContain('No data')
    expect(empty).not.toContain('role="img"')
  }
})

test('one point, equal values and all zeros give finite figures', () => {
  for (const points of [
    [[1_000, 3]],
    [
      [0, 2],
      [1_000, 2],
    ],
    [
      [0, 0],
      [1_000, 0],
    ],
  ] as [number, number][][]) {
    expect(chart(points)).not.toMatch(/NaN|Infinity|undefined/)
  }
})

test('a gap in the values is a gap in the line', () => {
  const drawn = chart([
    [0, 1],
    [1_000, 1],
    [2_000, null],
    [3_000, 1],
    [4_000, 1],
  ])
  expect(
    drawn
      .match(/class="series s0" d="(M[^"]+)"/g)
      ?.at(-1)
      ?.match(/M/g),
  ).toHaveLength(2)
})

test('the picture is told in words as well', () => {
  expect(
    chart([
      [0, 1],
      [1_000, 58.2],
    ]),
  ).toContain('a: from 1.0 to 58.2 per second')
})
