import type { Alert, Severity } from '#catalog'
import { parseDuration } from '#core'
import type { Condition } from '#slo'
import { panelUrl, runbookUrl } from '../links.ts'
import type { Watched } from '../watched.ts'

/** One alerting rule of one window set: what Prometheus evaluates, and what a prediction needs. */
export interface AlertRule {
  alert: string
  severity: Severity
  expr: string
  for: string
  keepFiringFor: string
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  condition: Condition
  /** What it reads, so that traffic can be counted for a prediction. */
  source: Alert
}

/** What the kinds of alert differ in. */
export type RuleParts = Pick<AlertRule, 'severity' | 'expr' | 'for' | 'keepFiringFor' | 'condition'> & {
  /** Tells rules of one name apart. */
  labels?: Readonly<Record<string, string>>
}

export function alertRule(
  source: Alert,
  { labels = {}, ...parts }: RuleParts,
  { links }: Watched,
): AlertRule {
  const { name, summary, description, board, panel } = source
  return {
    alert: name,
    ...parts,
    labels: { severity: parts.severity, component: 'stream', ...labels },
    annotations: {
      summary,
      description,
      runbook_url: runbookUrl(name, links),
      dashboard_url: panelUrl(board, panel, links),
    },
    source,
  }
}

export const seconds = (duration: string) => parseDuration(duration) / 1_000
