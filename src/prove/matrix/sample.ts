import type { ProofCell, ProofResult, ProofRun } from './result.ts'

/** A cell of the matrix for tests: silent, as it had to be. */
export const sampleCell = (over: Partial<ProofCell> = {}): ProofCell => ({
  alert: 'WsFlapping',
  severity: 'critical',
  expected: 'silent',
  momentary: false,
  reason: '',
  observed: 'silent',
  falsePositives: 0,
  detect: { measured: null, predicted: null, allowed: 30 },
  resolve: { measured: null, predicted: null, allowed: 30 },
  verdict: 'held',
  note: '',
  ...over,
})

/** One that fired and resolved as it had to. */
export const firedCell = (over: Partial<ProofCell> = {}): ProofCell =>
  sampleCell({
    expected: 'fire',
    observed: 'fired',
    detect: { measured: 3, predicted: 3.2, allowed: 30 },
    resolve: { measured: 15, predicted: 16, allowed: 30 },
    ...over,
  })

export const sampleRun = (cells: ProofCell[], over: Partial<ProofRun> = {}): ProofRun => ({
  run: 1,
  drill: 'flapping-client',
  scenario: 'flapping-client',
  when: '',
  job: 'flapping-client',
  warmupFrom: 80_000,
  fault: { from: 100_000, to: 125_000 },
  recoveryTo: 165_000,
  plays: 1,
  problems: [],
  violations: [],
  cells,
  ...over,
})

export const SAMPLE_ABOUT: Pick<
  ProofResult,
  'startedAt' | 'finishedAt' | 'environment' | 'suite' | 'panels' | 'runbooks'
> = {
  startedAt: '2026-11-24T10:00:00.000Z',
  finishedAt: '2026-11-24T10:09:00.000Z',
  suite: 'chosen',
  environment: { k6: '2.2.0', machine: 'Linux, 2 cores' },
  panels: null,
  runbooks: { queries: 4, stale: [] },
}
