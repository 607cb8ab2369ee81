import { PROOF_FIGURES, PROOF_METRICS } from '#catalog'
import { isAsked } from './asked.ts'
import type { ProofResult } from './result.ts'

/**
 * The result as the *Proof* board reads it, in Prometheus' text format: for a file that an exporter collects. Alerts
 * that were not asked to fire are left out.
 */
export function proofMetrics(result: Pick<ProofResult, 'alerts' | 'runs' | 'suite'>): string {
  const lines: string[] = []
  const metric = (
    name: string,
    help: string,
    samples: readonly [Record<string, string>, number | null][],
  ) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`)
    for (const [labels, value] of samples) {
      if (value === null) continue
      const text = Object.entries(labels).map(([label, of]) => `${label}=${JSON.stringify(of)}`)
      lines.push(`${name}{${text.join(',')}} ${value}`)
    }
  }
  const alerts = result.alerts.filter(proof => isAsked(result, proof))
  const of = alerts.map(proof => ({ ...proof, labels: { alert: proof.alert, severity: proof.severity } }))
  metric(
    PROOF_METRICS.held,
    '1 when the last proof of the alert held.',
    of.map(({ labels, verdict }) => [labels, verdict === 'held' ? 1 : 0]),
  )
  metric(
    PROOF_METRICS.provenAt,
    'When the alert was last seen to fire and resolve as it should.',
    of.map(({ labels, provenAt }) => [labels, provenAt === null ? null : provenAt / 1_000]),
  )
  for (const [name, what, help] of [
    [PROOF_METRICS.detectSeconds, 'detect', 'From the start of the fault to the delivered notification.'],
    [PROOF_METRICS.resolveSeconds, 'resolve', 'From the end of the fault to the delivered all-clear.'],
  ] as const) {
    metric(
      name,
      help,
      of.flatMap(({ labels, [what]: figures }) =>
        PROOF_FIGURES.map((figure): [Record<string, string>, number | null] => [
          { ...labels, figure },
          figures[figure],
        ]),
      ),
    )
  }
  return `${lines.join('\n')}\n`
}
