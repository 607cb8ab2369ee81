import { expect, test } from 'vitest'
import { sampleCheck, sampleGate } from './sample.ts'
import { afterProblems, gateVerdict, runVerdict } from './verdict.ts'

const failed = (change: Parameters<typeof sampleCheck>[0] = {}) =>
  sampleCheck({ verdict: 'did_not_hold', ...change })

test('a proven violation beats an unproven one, and silence is no success', () => {
  expect(runVerdict([sampleCheck(), failed()], ['late'])).toBe('did_not_hold')
  expect(runVerdict([sampleCheck()], ['late'])).toBe('not_proven')
  expect(runVerdict([sampleCheck(), sampleCheck({ verdict: 'warned' })], [])).toBe('held')
  expect(runVerdict([], [])).toBe('not_proven')
  expect(runVerdict([sampleCheck({ verdict: 'left_out' })], [])).toBe('not_proven')
})

test('a run that was not clean proves no limit broken, but what must never happen happened', () => {
  const checks = [
    failed({ id: 'recovery/served' }),
    failed({
      id: 'load/scenario-1',
      kind: 'load',
      note: 'petrel_usable_sessions{phase:warmup} count>=20 does not hold',
    }),
    failed({
      id: 'load/scenario-2',
      kind: 'load',
      note: 'petrel_stream_errors count==0 does not hold: it is 1',
    }),
    failed({ id: 'joined/sends-after-close', kind: 'joined' }),
    failed({ id: 'joined/frames-delivered', kind: 'joined' }),
  ]
  expect(afterProblems(checks, []).every(({ verdict }) => verdict === 'did_not_hold')).toBe(true)
  expect(
    afterProblems(checks, ['late']).flatMap(({ id, verdict }) => (verdict === 'did_not_hold' ? [id] : [])),
  ).toEqual(['load/scenario-2', 'joined/sends-after-close'])
})

test('over all runs the worst counts, and what was not played proves nothing', () => {
  const [run] = sampleGate({}, { verdict: 'held' }).runs
  if (!run) throw new Error('the sample has no run')
  expect(gateVerdict([run], [])).toBe('held')
  expect(gateVerdict([run], ['wrong-path'])).toBe('not_proven')
  expect(gateVerdict([], [])).toBe('not_proven')
  expect(
    gateVerdict([run, { ...run, verdict: 'not_proven' }, { ...run, verdict: 'did_not_hold' }], ['x']),
  ).toBe('did_not_hold')
})
