import { planDemo, REGIMES } from '../plan.ts'
import type { AlertObservation, Chart, DemoResult, Figures, Replay } from '../result.ts'

const START = 1_764_000_000_000

/** A result as a demo gives it, with figures of the incident; for tests of what is made from results. */
export function sampleResult(change: Partial<DemoResult> = {}): DemoResult {
  return {
    schema: 'petrel.demo/1',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:01:40.000Z',
    verdict: 'held',
    exitCode: 0,
    failures: [],
    environment: { k6: '2.2.0', prometheus: '2.42.0' },
    regimes: REGIMES.map(name => ({
      name,
      title: name === 'refused' ? 'Refused' : 'Flapping',
      table: [
        { measure: 'connection success', before: '0 % (0 of 1454)', after: '100 % (138 of 138)' },
        { measure: 'handshake success', before: name === 'refused' ? '0 %' : '100 %', after: '100 %' },
      ],
      replays: planDemo()
        .filter(({ regime }) => regime === name)
        .map(({ job, client, server, fires }) => sampleReplay(job, client, server, fires)),
      conclusions: ['The server half alone: connection success 0 % → 0 %. Users still see nothing.'],
    })),
    ...change,
  }
}

function sampleReplay(
  job: string,
  client: Replay['client'],
  server: Replay['server'],
  fires: readonly string[],
): Replay {
  const at = (seconds: number) => START + seconds * 1_000
  const loops = client === 'old'
  return {
    job,
    client,
    server,
    phases: {
      warmup: { from: at(0), to: at(20) },
      fault: { from: at(20), to: at(45) },
      recovery: { from: at(45), to: at(85) },
    },
    figures: loops ? LOOPING : SERVED,
    alerts: fires.map(
      (alert): AlertObservation => ({
        alert,
        severity: alert === 'WsSendAfterClose' ? 'warning' : 'critical',
        expected: 'fire',
        fired: true,
        firedAt: at(23.8),
        resolvedAt: at(60.9),
        detect: { predicted: 3.1, measured: 3.8 },
        resolve: { predicted: 16.4, measured: 15.9 },
        verdict: 'held',
        note: '',
      }),
    ),
    charts: [sampleChart(loops), { title: 'Sends after close', unit: 'per second', series: [] }],
    logLines: [],
    problems: [],
  }
}

function sampleChart(loops: boolean): Chart {
  const points = Array.from({ length: 86 }, (_, second): [number, number | null] => {
    const inFault = second >= 20 && second < 45
    return [START + second * 1_000, second < 3 ? null : loops && inFault ? 58 : 5.8]
  })
  return {
    title: 'Handshakes',
    unit: 'per second',
    series: [{ name: 'refused', unit: 'per second', points }],
  }
}

const SERVED: Figures = {
  attempts: 138,
  accepted: 138,
  usable: 138,
  connectionSuccess: 1,
  handshakeSuccess: 1,
  sessionSuccess: 1,
  errorLines: 0,
  errorLinesPerSecond: 0,
  warningLinesPerSecond: 0,
  reconnects: 0,
  reconnectsPerSecondPerClient: 0,
  tasksFollowed: 138,
  firstProgressSeen: 138,
  terminalSeen: 138,
  sendsAfterClose: 0,
}
const LOOPING: Figures = {
  ...SERVED,
  attempts: 1_454,
  accepted: 0,
  usable: 0,
  connectionSuccess: 0,
  handshakeSuccess: 0,
  sessionSuccess: null,
  reconnects: 1_448,
  reconnectsPerSecondPerClient: 9.7,
  tasksFollowed: 6,
  firstProgressSeen: 0,
  terminalSeen: 0,
}
