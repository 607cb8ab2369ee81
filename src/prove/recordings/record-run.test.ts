import { expect, test } from 'vitest'
import type { PromSeries } from '#run'
import { recordRun } from './record-run.ts'

const START = Date.UTC(2026, 10, 24)
const at = (seconds: number) => START + seconds * 1_000
const web = { job: 'we"b', instance: 'a' }

const run = {
  name: 'sample',
  job: 'we"b',
  scenario: 'wrong-path',
  phases: { warmup: { from: at(0), to: at(20) }, recovery: { from: at(45), to: at(60) } },
  fault: { from: at(20), to: at(45) },
  expectations: [
    { alert: 'WsFlapping', severity: 'critical', expected: 'silent', detect: null, resolve: null },
  ],
} as const

/** A Prometheus that knows one target since ten seconds before the run. */
function prometheus(series: (end: number) => PromSeries[]) {
  const asked: { expression: string; end: number }[] = []
  return {
    asked,
    range: async () => [],
    async query(expression: string, end: number) {
      asked.push({ expression, end })
      return series(end)
    },
  }
}
const points = (end: number, value: (second: number) => number) =>
  Array.from(
    { length: (end - at(-10)) / 1_000 },
    (_, second) => [at(second - 10) + 300, value(second)] as const,
  )

test('a run is recorded from the longest window before it to its end', async () => {
  const client = prometheus(end => [
    { labels: { __name__: 'up', ...web }, points: points(end, () => 1) },
    { labels: { __name__: 'a_total', ...web }, points: points(end, second => second) },
    { labels: { __name__: 'ALERTS_FOR_STATE', ...web }, points: points(end, () => 1) },
  ])
  const recording = await recordRun(client, run)
  expect(client.asked).toEqual([{ expression: '{job="we\\"b"}[180s]', end: at(60) }])
  expect(recording.startsAt).toBe(at(-10) + 300)
  expect(recording.series.map(({ name, values }) => [name, values.length])).toEqual([
    ['a_total', 70],
    ['up', 70],
  ])
  expect(recording.series[0]?.values.slice(0, 3)).toEqual([0, 1, 2])
})

test('a job that was never scraped is no recording', async () => {
  await expect(
    recordRun(
      prometheus(() => []),
      run,
    ),
  ).rejects.toThrow('nothing of the job we"b')
})
