import type { UpState } from './state.ts'

const START = 1_764_000_000_000
const at = (seconds: number) => START + seconds * 1_000

/** What the page shows half a minute after a storm began; for tests of what is made from it. */
export function sampleState(change: Partial<UpState> = {}): UpState {
  return {
    now: at(60),
    span: { from: at(0), to: at(60) },
    windows: 'drill',
    parts: [
      { name: 'page', url: 'http://127.0.0.1:4000/' },
      { name: 'prometheus', url: null },
    ],
    alerts: [
      {
        alert: 'WsWrongPathStorm',
        severity: 'critical',
        firedAt: at(35),
        resolvedAt: null,
        summary: 'Clients dial paths that are no stream.',
        runbook: 'docs/runbooks/WsWrongPathStorm.md',
      },
      {
        alert: 'WsClientLooping',
        severity: 'warning',
        firedAt: at(20),
        resolvedAt: at(30),
        summary: 'A client tries again and again.',
        runbook: 'docs/runbooks/WsClientLooping.md',
      },
    ],
    storm: { name: 'wrong-path', from: at(30), to: at(55), isBlowing: true },
    figures: {
      window: '10s',
      kept: [
        { name: 'session', summary: 'Served.', objective: 0.995, success: 1, budgetLeft: 1 },
        { name: 'handshake', summary: 'Accepted.', objective: 0.995, success: 0.0952, budgetLeft: -167.7 },
        { name: 'recovery', summary: 'Came back.', objective: 0.995, success: null, budgetLeft: null },
      ],
      counts: [{ name: 'Open streams', unit: '', value: 6 }],
      charts: [
        {
          title: 'Handshakes',
          unit: 'per second',
          series: [
            {
              name: 'refused',
              unit: 'per second',
              points: Array.from({ length: 60 }, (_, second): [number, number] => [
                at(second),
                second > 30 ? 58 : 0,
              ]),
            },
          ],
        },
      ],
    },
    problem: '',
    errorLines: [],
    ...change,
  }
}
