import { describe, expect, test } from 'vitest'
import { PHASES } from '#catalog'
import { mannWhitney, type Random, seededRandom } from '#core'
import noise from '../../../test/fixtures/statistics/noise.json' with { type: 'json' }
import type { ScenarioRun } from '../result.ts'
import { sampleLoad } from '../sample.ts'
import { comparisons } from './against.ts'
import { compareRuns, holm } from './compare.ts'
import { type Baseline, mustBeOf, readBaseline } from './file.ts'
import { thisMachine } from './machine.ts'

/** Runs around a level, with a relative noise that is spread evenly: no two are alike. */
function runs(count: number, level: number, noise: number, random: Random) {
  return Array.from({ length: count }, () => ({ connect: level * (1 + noise * (2 * random() - 1)) }))
}
const compare = (base: [number, number, number], head: [number, number, number], effect = 0.1, seed = 1) => {
  const random = seededRandom(seed)
  const [check] = compareRuns(runs(...base, random), runs(...head, random), { effect })
  if (!check) throw new Error('nothing was compared')
  return check
}

test('alike and quiet enough: held, with everything that it went by', () => {
  const check = compare([10, 40, 0.05], [10, 40, 0.05])
  expect(check).toMatchObject({ id: 'baseline/connect', verdict: 'held', limit: 'at most +10.0 % more' })
  expect(check.comparison?.detectable).toBeLessThan(0.1)
  expect(check.comparison?.base).toHaveLength(10)
})

test('slower by more than the effect: did not hold, with shift, interval and p', () => {
  const check = compare([10, 40, 0.05], [10, 50, 0.05])
  expect(check.verdict).toBe('did_not_hold')
  expect(check.note).toMatch(/^\+2\d\.\d % against \d+\.\d ms \(95 %: \+\d+\.\d % to \+\d+\.\d %, p 0\.000\)/)
})

test('surely slower, but by less than matters: held. Faster: held', () => {
  expect(compare([20, 40, 0.01], [20, 41.2, 0.01]).verdict).toBe('held')
  expect(compare([10, 40, 0.05], [10, 30, 0.05]).verdict).toBe('held')
})

test('too few runs, or too much noise: not proven, with the smallest effect that they could have found', () => {
  const few = compare([3, 40, 0.01], [3, 80, 0.01])
  expect(few).toMatchObject({ verdict: 'not_proven' })
  expect(few.note).toContain('3 and 3 runs can show no change, whatever its size')
  expect(few.note).toContain('too few runs for an interval')
  const noisy = compare([10, 40, 0.3], [10, 40, 0.3])
  expect(noisy.verdict).toBe('not_proven')
  expect(noisy.note).toMatch(/10 and 10 runs would have shown \+\d\d\.\d % or more in 4 of 5 cases/)
})

test('A/A: of 25 builds compared with themselves no more than chance allows raise an alarm', () => {
  let alarms = 0
  for (let seed = 100; seed < 125; seed += 1) {
    if (compare([10, 40, 0.1], [10, 40, 0.1], 0.01, seed).verdict === 'did_not_hold') alarms += 1
  }
  expect(alarms).toBeLessThanOrEqual(4)
})

/** Runs in another order, none of them twice. */
function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map(value => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

test('A/A: of 1,000 comparisons of runs that were recorded of one build at most 65 raise an alarm at 5 %', () => {
  const random = seededRandom(11)
  const measures = Object.keys(noise.runs[0] ?? {}) as (keyof (typeof noise.runs)[number])[]
  expect(noise.runs.length).toBeGreaterThanOrEqual(20)
  expect(measures.length).toBeGreaterThan(1)
  let alarms = 0
  for (let trial = 0; trial < 1_000; trial += 1) {
    const runs = shuffled(noise.runs, random)
    const [base, head] = [runs.slice(0, 10), runs.slice(10, 20)]
    const values = measures.map(name => [base.map(run => run[name]), head.map(run => run[name])] as const)
    // Before the least effect and the noise floor take more of them away.
    if (holm(values.map(([first, second]) => mannWhitney(first, second).p)).some(p => p < 0.05)) alarms += 1
  }
  expect(alarms).toBeLessThanOrEqual(65)
  expect(alarms).toBeGreaterThan(5)
})

test('recorded runs that are made 25 % slower are found in nearly all of 15 comparisons, by the whole comparison', () => {
  const random = seededRandom(12)
  let found = 0
  for (let trial = 0; trial < 15; trial += 1) {
    const runs = shuffled(noise.runs, random)
    const slower = runs.slice(10, 20).map(run => ({ ...run, recovered: run.recovered * 1.25 }))
    const checks = compareRuns(runs.slice(0, 10), slower, { effect: 0.1 })
    if (checks.find(({ id }) => id === 'baseline/recovered')?.verdict === 'did_not_hold') found += 1
  }
  expect(found).toBeGreaterThanOrEqual(13)
})

test('a measure that some run of the baseline lacks is not compared; one that the head has lost is not proven', () => {
  expect(compareRuns([{ connect: 1 }, {}], [{ connect: 1 }], { effect: 0.1 })).toEqual([])
  expect(compareRuns([{ connect: 1 }], [{ connect: 1 }, {}], { effect: 0.1 })).toMatchObject([
    {
      id: 'baseline/connect',
      verdict: 'not_proven',
      note: '1 of 2 runs have none, and each of the baseline has',
    },
  ])
  for (const [base, head] of [
    [0, 1],
    [1, 0],
  ] as const)
    expect(compareRuns([{ connect: base }], [{ connect: head }], { effect: 0.1 })).toMatchObject([
      { verdict: 'not_proven', measured: null, note: expect.stringContaining('it is 0 ms') },
    ])
})

test('a comparison of nothing is not proven, and says why', () => {
  const run: ScenarioRun = {
    scenario: 'healthy',
    summary: '',
    verdict: 'held',
    problems: [],
    checks: [],
    load: sampleLoad(),
    charts: [],
  }
  const compared = (base: Record<string, number>[]) =>
    comparisons({ name: 'b.json', runs: new Map([['healthy', base]]), effect: 0.1 }, [run])
  const nothing = { verdict: 'not_proven', checks: [] }
  expect(compared([])).toMatchObject([
    { ...nothing, problems: [expect.stringContaining('no run of b.json held')] },
  ])
  expect(compared([{}])).toMatchObject([
    { ...nothing, problems: ['no figure is in every run of b.json, so there is nothing to compare with'] },
  ])
})

test('p values are corrected for their number, and keep their order', () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06])
  expect(holm([0.9, 0.8])).toEqual([1, 1])
  expect(holm([])).toEqual([])
})

describe('a baseline is refused', () => {
  const good: Baseline = {
    schema: 'petrel.baseline/1',
    createdAt: '2026-01-01T00:00:00.000Z',
    machine: thisMachine(),
    k6: '2.2.0',
    target: 'http://127.0.0.1:1',
    scenarios: [
      {
        scenario: 'healthy',
        settings: { taskMs: 500, phases: Object.fromEntries(PHASES.map(phase => [phase, 2_000])) },
        runs: [{ connect: 3 }],
      },
    ],
  }
  const [scenario] = good.scenarios

  test('not when it is good', () => {
    expect(readBaseline(JSON.stringify(good), 'b.json')).toEqual(good)
    mustBeOf(thisMachine(), good, 'b.json')
  })

  test.each([
    ['cut off', JSON.stringify(good).slice(0, -5), 'it is no JSON, or was cut off'],
    [
      'of another schema',
      JSON.stringify({ ...good, schema: 'petrel.baseline/2' }),
      'its schema is petrel.baseline/2',
    ],
    ['a result of the gate', '{"schema":"petrel.gate/1"}', 'its schema is petrel.gate/1'],
    ['no object', '[]', 'its schema is none'],
    [
      'without runs',
      JSON.stringify({ ...good, scenarios: [{ ...scenario, runs: [] }] }),
      'scenarios[0].runs',
    ],
    [
      'of a scenario that is no more',
      JSON.stringify({ ...good, scenarios: [{ ...scenario, scenario: 'flaping' }] }),
      'there is no scenario flaping any more',
    ],
    [
      'of other phases',
      JSON.stringify({
        ...good,
        scenarios: [{ ...scenario, settings: { taskMs: 1, phases: { warmup: 1 } } }],
      }),
      'its phases of healthy are not those that are played now',
    ],
  ])('%s', (_, text, why) => {
    expect(() => readBaseline(text, 'b.json')).toThrow(why)
  })

  test('of another machine', () => {
    const other = { ...thisMachine(), cores: 64 }
    expect(() => mustBeOf(other, good, 'b.json')).toThrow('b.json is of another machine')
  })
})
