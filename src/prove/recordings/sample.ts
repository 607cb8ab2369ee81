import { type Recording, recordingSchema } from './recording.ts'

const START = Date.UTC(2026, 10, 24)
const SECONDS = 120
const FAULT = { from: 40, to: 60 }
const at = (seconds: number) => START + seconds * 1_000

/** Grows by so many a second in the fault. */
const storm = (rate: number) =>
  Array.from({ length: SECONDS }, (_, second) => rate * Math.max(0, Math.min(second, FAULT.to) - FAULT.from))

/** For tests: a storm of wrong paths among good sessions, with a label value that needs escaping. */
export const sampleRecording = (changes: Partial<Recording> = {}): Recording =>
  recordingSchema.parse({
    schema: 'petrel.recording/1',
    name: 'sample',
    job: 'web',
    scenario: 'wrong-path',
    recordedAt: new Date(START).toISOString(),
    startsAt: START,
    stepMs: 1_000,
    phases: { fault: { from: at(FAULT.from), to: at(FAULT.to) } },
    fault: { from: at(FAULT.from), to: at(FAULT.to) },
    expectations: [
      {
        alert: 'WsWrongPathStorm',
        severity: 'critical',
        expected: 'fire',
        detect: { from: 0, to: 6 },
        resolve: { from: 10, to: 20 },
      },
      { alert: 'WsFlapping', severity: 'critical', expected: 'silent', detect: null, resolve: null },
      {
        alert: 'WsHandshakeBudgetBurn',
        severity: 'critical',
        expected: 'either',
        detect: null,
        resolve: null,
      },
      {
        alert: 'WsHandshakeBudgetBurn',
        severity: 'warning',
        expected: 'either',
        detect: null,
        resolve: null,
      },
    ],
    series: [
      {
        name: 'up',
        labels: { job: 'web', instance: 'a' },
        values: Array.from({ length: SECONDS }, () => 1),
      },
      {
        name: 'ws_handshakes_total',
        labels: {
          job: 'web',
          instance: 'a',
          route: 'a"b\\c\nd',
          outcome: 'refused',
          status: '404',
          reason: 'wrong_path',
        },
        values: storm(10),
      },
      {
        name: 'ws_handshakes_total',
        labels: { job: 'web', instance: 'a', route: '/ws', outcome: 'accepted', status: '101', reason: 'ok' },
        values: Array.from({ length: SECONDS }, (_, second) => second * 5),
      },
    ],
    ...changes,
  })
