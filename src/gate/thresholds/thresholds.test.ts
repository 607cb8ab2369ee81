import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SCENARIOS, THRESHOLDS } from '#catalog'
import { effectiveThresholds } from '../config/effective.ts'
import { sampleLoad, sampleWindow } from '../sample.ts'
import { compileExpression } from './expression.ts'
import { figuresOf } from './figures.ts'
import { type EffectiveThreshold, judgeThreshold } from './judge.ts'
import { compileLimit } from './limit.ts'

const value = (text: string, figures: Record<string, number> = {}) =>
  compileExpression(text).value(path => figures[path.join('.')])

test('arithmetic as everybody writes it', () => {
  expect(value('1 + 2 * 3 - 4 / 2')).toBe(5)
  expect(value('(1 + 2) * -3')).toBe(-9)
  expect(value('a / (a + b.c)', { a: 3, 'b.c': 1 })).toBe(0.75)
  expect(value("refused['404'] + 1", { 'refused.404': 4 })).toBe(5)
})

test('a figure that is missing, and a division by zero, have no value', () => {
  expect(value('a + 1')).toBeUndefined()
  expect(value('a / b', { a: 0, b: 0 })).toBeUndefined()
  expect(value('a / b', { a: 1, b: 0 })).toBeUndefined()
})

test.each([
  '',
  'a b',
  'a ** b',
  'a > b',
  'a && b',
  'f(a)',
  'a[b]',
  '"text"',
  'this',
  'this.constructor',
  '[1]',
  'a ? 1 : 2',
  '`x`',
  'a = 1',
  '1 +',
])('%j is no arithmetic over figures', text => {
  expect(() => compileExpression(text)).toThrow('is no arithmetic over figures')
})

test('whatever is written, it is refused by name or has a number or none: nothing is run', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab.+-*/()[]\'"0 1,?:=>!`{}'), maxLength: 20 }),
      text => {
        let result: number | undefined
        try {
          result = value(text, { a: 1, b: 2 })
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad_expression' })
        }
        expect(result === undefined || Number.isFinite(result)).toBe(true)
      },
    ),
  )
})

test('figures of the result are reached by their own names alone', () => {
  const lookup = figuresOf(sampleLoad({}, { refused: { 404: 3, 503: 2 } }), undefined, 'fault')
  expect(lookup(['attempts'])).toBe(30)
  expect(lookup(['firstMessageMs', 'p95'])).toBe(43)
  expect(lookup(['refused'])).toBe(5)
  expect(lookup(['refused', '404'])).toBe(3)
  expect(lookup(['refused', '429'])).toBe(0)
  for (const path of [
    ['constructor'],
    ['__proto__'],
    ['attempts', 'toFixed'],
    ['nothing'],
    ['firstMessageMs', '429'],
  ])
    expect(lookup(path)).toBeUndefined()
})

test.each([
  ['>= 0.99', 0.99, true],
  ['>=0.99', 0.98, false],
  ['== 0', 0, true],
  ['< 2e3', 2000, false],
  ['> -1', 0, true],
])('%s of %f: %s', (limit, measured, holds) => {
  expect(compileLimit(limit)(measured)).toBe(holds)
})

test.each(['0.99', '=> 1', '>= x', '!= 0', '>= 1 || true', ''])('%j is no limit', limit => {
  expect(() => compileLimit(limit)).toThrow('is no limit')
})

const threshold: EffectiveThreshold = {
  name: 'served',
  title: 'clients are served',
  phase: 'fault',
  measure: 'usable / attempts',
  fail: '>= 0.9',
  warn: '>= 0.99',
  samples: { of: 'attempts', atLeast: 5 },
  source: 'catalogue',
}
const judged = (usable: number, attempts: number, change: Partial<EffectiveThreshold> = {}) =>
  judgeThreshold({ ...threshold, ...change }, sampleLoad({}, { usable, attempts }), undefined)

test('held, warned, did not hold, and what was measured', () => {
  expect(judged(100, 100)).toMatchObject({ verdict: 'held', measured: 1, note: '' })
  expect(judged(95, 100)).toMatchObject({ verdict: 'warned', note: 'usable / attempts is 0.95, not >= 0.99' })
  expect(judged(89, 100)).toMatchObject({
    verdict: 'did_not_hold',
    measured: 0.89,
    note: 'usable / attempts is 0.89, not >= 0.9',
    id: 'fault/served',
  })
})

test('too few samples prove nothing, in either direction', () => {
  expect(judged(0, 4)).toMatchObject({
    verdict: 'not_proven',
    note: 'attempts is 4, and fewer than 5 prove nothing',
  })
  expect(judged(0, 0)).toMatchObject({ verdict: 'not_proven' })
  expect(judged(0, 0, { optional: true })).toMatchObject({ verdict: 'left_out' })
  expect(judged(0, 5, { optional: true })).toMatchObject({ verdict: 'did_not_hold' })
})

test('a threshold on the server needs its metrics, and says so', () => {
  const onServer: EffectiveThreshold = {
    ...threshold,
    phase: 'run',
    measure: 'server.ws_session_interruptions_total',
    fail: '== 0',
    warn: '== 0',
    samples: { of: 'server.ws_sessions_total', atLeast: 5 },
  }
  expect(judgeThreshold(onServer, sampleLoad(), undefined).verdict).toBe('left_out')
  const window = sampleWindow({ ws_session_interruptions_total: 2, ws_sessions_total: 90 })
  expect(judgeThreshold(onServer, sampleLoad(), window)).toMatchObject({
    verdict: 'did_not_hold',
    measured: 2,
  })
  expect(judgeThreshold(onServer, sampleLoad(), sampleWindow({})).verdict).toBe('not_proven')
})

test('every threshold of the catalogue names scenarios, figures and limits that exist', () => {
  expect([...effectiveThresholds().keys()]).toEqual(SCENARIOS.map(({ name }) => name))
  for (const { scenarios = [], samples, fail, warn } of THRESHOLDS) {
    for (const name of scenarios) expect(SCENARIOS.map(one => one.name)).toContain(name)
    expect(samples.atLeast).toBeGreaterThan(0)
    expect(fail ?? warn).toBeDefined()
  }
})
