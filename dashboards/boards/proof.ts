import { PROOF_METRICS } from '#catalog'
import type { BoardOf } from './board.ts'

/** When each alert was last seen to work, and how fast. */
export const proof: BoardOf = () => {
  const figures = (metric: string) => [
    { expr: `max by (alert, severity, figure) (${metric})`, legend: '{{alert}} {{severity}} {{figure}}' },
  ]
  return {
    name: 'proof',
    title: 'Petrel: proof',
    description:
      'For each alert: when it was last proven by a real scenario, how fast it fired and resolved, and what it is allowed.',
    rows: [
      {
        title: 'Can the alerts be trusted?',
        panels: [
          {
            kind: 'stat',
            title: 'Alerts that held',
            description:
              'Alerts whose last proof held, at each severity. One that did not is not to be trusted tonight.',
            unit: 'short',
            width: 6,
            queries: [{ expr: `sum by (severity) (${PROOF_METRICS.held})`, legend: '{{severity}}' }],
          },
          {
            kind: 'stat',
            title: 'Oldest proof',
            description: 'Time since the alert that was proven longest ago was proven.',
            unit: 's',
            width: 6,
            queries: [{ expr: `time() - min(${PROOF_METRICS.provenAt})`, legend: 'oldest' }],
          },
          {
            kind: 'table',
            title: 'Proof by alert',
            description: 'Time since each alert was last proven.',
            unit: 's',
            width: 12,
            queries: [
              {
                expr: `time() - max by (alert, severity) (${PROOF_METRICS.provenAt})`,
                legend: '{{alert}} {{severity}}',
              },
            ],
          },
        ],
      },
      {
        title: 'How fast are they?',
        panels: [
          {
            kind: 'table',
            title: 'Time to detect',
            description:
              'From the start of the fault to the delivered notification: measured, predicted, and allowed.',
            unit: 's',
            width: 12,
            queries: figures(PROOF_METRICS.detectSeconds),
          },
          {
            kind: 'table',
            title: 'Time to resolve',
            description:
              'From the end of the fault to the delivered all-clear: measured, predicted, and allowed.',
            unit: 's',
            width: 12,
            queries: figures(PROOF_METRICS.resolveSeconds),
          },
        ],
      },
    ],
  }
}
