import { expect, test } from 'vitest'
import { type K6Result, parseK6Result } from './k6-result.ts'
import { loadResultSchema, toLoadResult, withProblems } from './result.ts'

const run = {
  target: 'http://127.0.0.1:8080',
  k6: '2.2.0',
  problems: [],
  honesty: { peakCores: 0.5, peakDescriptors: 30, peakMemory: 1e8 },
  badReaders: null,
  segments: 1,
  tally: undefined,
}

function measured(metrics: K6Result['metrics']): K6Result {
  return {
    schema: 'petrel.k6/1',
    scenario: 'wrong-path',
    clients: 10,
    segments: 1,
    phases: {
      warmup: { from: 1_000, to: 2_000 },
      steady: { from: 2_000, to: 2_000 },
      fault: { from: 2_000, to: 5_000 },
      recovery: { from: 5_000, to: 6_000 },
    },
    metrics,
  }
}

const counter = (count: number) => ({ values: { count, rate: 1 } })

test('counts, refusals by status and attempt times come out of the sub-metrics of their phase', () => {
  const result = toLoadResult(
    measured({
      'petrel_attempts{phase:fault}': counter(58),
      'petrel_attempts_ended{phase:fault}': counter(58),
      'petrel_attempts{phase:warmup}': counter(7),
      'petrel_attempts_ended{phase:warmup}': counter(7),
      'ws_sessions{phase:fault,status:404}': counter(58),
      'ws_sessions{phase:fault,status:403}': counter(0),
      'ws_sessions{phase:warmup,status:404}': counter(1),
      'petrel_attempt_at{phase:fault}': { values: { min: 2_003.4, max: 4_990, count: 58 } },
      'petrel_connect_ms{phase:warmup}': {
        values: { count: 7, med: 2, max: 9, 'p(95)': 8, 'p(99)': 9 },
      },
    }),
    run,
  )
  expect(loadResultSchema.parse(result)).toEqual(result)
  expect(result.verdict).toBe('held')
  expect(result.phases.fault).toMatchObject({
    attempts: 58,
    refused: { 404: 58 },
    firstAttemptAt: 2_003,
    lastAttemptAt: 4_990,
    connectMs: null,
  })
  expect(result.phases.warmup.connectMs).toEqual({ count: 7, p50: 2, p95: 8, p99: 9, max: 9 })
})

test("the target's broken threshold is a violation with the observed value", () => {
  const metrics = {
    petrel_stream_errors: { ...counter(3), thresholds: { 'count==0': { ok: false } } },
    'petrel_connect_ms{phase:fault}': {
      values: { 'p(95)': 700 },
      thresholds: { 'p(95)<500': { ok: false } },
    },
  }
  const result = toLoadResult(measured(metrics), run)
  expect(result.verdict).toBe('did_not_hold')
  expect(result.violations).toEqual([
    'petrel_stream_errors count==0 does not hold: it is 3',
    'petrel_connect_ms{phase:fault} p(95)<500 does not hold: it is 700',
  ])
})

test.each([
  [
    'a late generator',
    { petrel_timer_lag_ms: { values: { max: 1_400 }, thresholds: { 'max<1000': { ok: false } } } },
  ],
  [
    'a crowd that did nothing',
    { 'petrel_attempts{phase:fault}': { values: { count: 0 }, thresholds: { 'count>=6': { ok: false } } } },
  ],
  [
    'attempts without an end',
    { 'petrel_attempts{phase:fault}': counter(9), 'petrel_attempts_ended{phase:fault}': counter(8) },
  ],
  [
    'a crowd that stayed when it was to leave',
    {
      'petrel_attempts{phase:fault}': counter(50),
      'petrel_attempts_ended{phase:fault}': counter(50),
      'petrel_overstayed{phase:fault}': counter(6),
    },
  ],
])('%s proves nothing, and is no failure of the target', (_, metrics) => {
  const result = toLoadResult(measured(metrics), run)
  expect(result.verdict).toBe('not_proven')
  expect(result.violations).toEqual([])
  expect(result.problems).toHaveLength(1)
})

test('a proven violation beats what is not proven', () => {
  const metrics = { petrel_stream_errors: { ...counter(1), thresholds: { 'count==0': { ok: false } } } }
  expect(toLoadResult(measured(metrics), { ...run, problems: ['k6 died'] }).verdict).toBe('did_not_hold')
})

test('a floor that a crowd missed which was not whole is no failure of the target', () => {
  const metrics = {
    'petrel_usable_sessions{phase:warmup}': { ...counter(3), thresholds: { 'count>=6': { ok: false } } },
  }
  const whole = toLoadResult(measured(metrics), run)
  expect(whole.verdict).toBe('did_not_hold')
  const half = withProblems(whole, ['2 runners played it, and here are logs of 1'])
  expect(half).toMatchObject({ verdict: 'not_proven', violations: whole.violations })
  expect(half.problems).toEqual(['2 runners played it, and here are logs of 1'])
  expect(toLoadResult(measured(metrics), { ...run, problems: half.problems })).toEqual(half)
})

test.each([
  ['nothing', ''],
  ['a file cut off', '{"schema":"petrel.k6/1","scen'],
  ['another schema', JSON.stringify({ ...measured({}), schema: 'petrel.k6/2' })],
  ['metrics of another shape', JSON.stringify({ ...measured({}), metrics: { a: 1 } })],
])('%s is no result', (_, text) => {
  expect(parseK6Result(text)).toBeUndefined()
})
