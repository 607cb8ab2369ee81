import { PHASES, type Phase, STREAM_FAULTS } from '#catalog'
import type { LoadResult, PhaseFigures } from '#run'
import { chartsOf } from './charts.ts'
import type { Check, GateResult, ScenarioRun } from './result.ts'
import { type Sample, Samples } from './server/samples.ts'
import type { ServerWindow } from './server/watch-server.ts'

const START = 1_764_000_000_000
const LENGTH = 5_000

/** A load as k6 gives it on a healthy server; for tests of what is made from loads. */
export function sampleLoad(change: Partial<LoadResult> = {}, fault: Partial<PhaseFigures> = {}): LoadResult {
  const trend = { count: 30, p50: 20, p95: 43, p99: 50, max: 51 }
  const phases = Object.fromEntries(
    PHASES.map((phase, index): [Phase, PhaseFigures] => [
      phase,
      {
        from: START + index * LENGTH,
        to: START + (index + 1) * LENGTH,
        attempts: 30,
        ended: 30,
        accepted: 30,
        refused: {},
        usable: 30,
        overstayed: 0,
        reconnects: 0,
        tasksFollowed: 30,
        firstProgressSeen: 30,
        terminalSeen: 30,
        streamErrors: 0,
        firstAttemptAt: START + index * LENGTH,
        lastAttemptAt: START + (index + 1) * LENGTH,
        connectMs: trend,
        firstConnectMs: trend,
        firstMessageMs: trend,
        ...(phase === 'fault' ? fault : {}),
      },
    ]),
  ) as LoadResult['phases']
  return {
    schema: 'petrel.load/1',
    scenario: 'healthy',
    target: 'http://127.0.0.1:1',
    verdict: 'held',
    violations: [],
    problems: [],
    k6: '2.2.0',
    timerLagMaxMs: 2,
    messagesReceived: 30 * PHASES.length * 7,
    generator: { peakCores: 0.1, peakDescriptors: 20, peakMemory: 1e8 },
    badReaders: null,
    streamErrors: Object.fromEntries(STREAM_FAULTS.map(cause => [cause, 0])) as LoadResult['streamErrors'],
    stalenessMs: null,
    recovery: {
      losses: 0,
      neverCameBack: 0,
      stillWaiting: 0,
      reloads: 0,
      neverShare: 0,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      attemptsPerRecovery: null,
      peakReconnectsPerSecond: 0,
      overshoot: 0,
    },
    attemptsByRefusal: {},
    segments: 1,
    curves: sampleCurves(),
    phases,
    ...change,
  }
}

/** A second in each phase of it. */
function sampleCurves(): LoadResult['curves'] {
  const times = { p50: 20, p95: 43, p99: 50 }
  return {
    windowMs: 1_000,
    points: PHASES.map((_, index) => ({
      at: START + index * LENGTH,
      accepted: 6,
      refused: 0,
      usable: 6,
      reconnects: 0,
      frames: 42,
      open: 5,
      lost: 3 * index,
      back: 2 * index,
      closes: { normal: 6 },
      connectMs: times,
      firstMessageMs: times,
    })),
  }
}

/** Readings of a server whose counters grew by so much, `name` or `name{a="b"}` → growth. */
export function sampleWindow(grown: Readonly<Record<string, number>>, start = 100): ServerWindow {
  const reading = (part: number) =>
    new Samples(
      Object.entries(grown).map(([key, growth]): Sample => {
        const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(key) ?? []
        const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value])
        return { name, labels: Object.fromEntries(pairs), value: start + growth * part }
      }),
    )
  const [before, after] = [reading(0), reading(1)]
  return {
    before,
    after,
    readings: [
      { at: START, samples: before },
      { at: START + LENGTH, samples: reading(0.5) },
      { at: START + 2 * LENGTH, samples: after },
    ],
    problems: [],
  }
}

export function sampleCheck(change: Partial<Check> = {}): Check {
  return {
    id: 'recovery/served',
    kind: 'threshold',
    title: 'after the fault, clients are served again',
    phase: 'recovery',
    verdict: 'held',
    measured: 1,
    server: null,
    limit: '>= 0.99',
    samples: { of: 'attempts', count: 30, atLeast: 5 },
    source: 'catalogue',
    note: '',
    comparison: null,
    ...change,
  }
}

/** A result with every kind of verdict in it. */
export function sampleGate(change: Partial<GateResult> = {}, run: Partial<ScenarioRun> = {}): GateResult {
  return {
    schema: 'petrel.gate/1',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:01:20.000Z',
    verdict: 'did_not_hold',
    exitCode: 1,
    partial: false,
    suite: 'smoke',
    target: 'http://127.0.0.1:1',
    environment: { k6: '2.2.0', cores: '2' },
    leftOut: [],
    notRun: [],
    runs: [
      {
        scenario: 'healthy',
        summary: 'Clients follow their tasks to the end.',
        verdict: 'did_not_hold',
        problems: [],
        checks: [
          sampleCheck(),
          sampleCheck({ id: 'warmup/first-message', verdict: 'warned', note: 'it is 600, not < 500' }),
          sampleCheck({
            id: 'joined/handshakes-accepted',
            kind: 'joined',
            verdict: 'did_not_hold',
            measured: 152,
            server: 90,
            note: 'the clients counted 152, the server 90: 62 apart',
          }),
          sampleCheck({ id: 'run/recovered', verdict: 'not_proven', note: 'too few' }),
          sampleCheck({ id: 'run/not-interrupted', verdict: 'left_out', note: 'no metrics' }),
        ],
        load: sampleLoad(),
        charts: chartsOf(
          sampleLoad(),
          sampleWindow({ 'ws_handshakes_total{outcome="accepted"}': 24 }).readings,
        ),
        ...run,
      },
    ],
    ...change,
  }
}
