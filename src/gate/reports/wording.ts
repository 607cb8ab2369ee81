import { EXIT } from '#core'
import type { Check, GateResult } from '../result.ts'
import { shown } from '../thresholds/judge.ts'

export const CHECK_WORDS: Readonly<Record<Check['verdict'], string>> = {
  held: 'held',
  warned: 'warning',
  did_not_hold: 'did not hold',
  not_proven: 'not proven',
  left_out: 'left out',
}

/** What was measured, in a few words: for a joined check both ends. */
export function measuredText({ kind, measured, server, comparison }: Check): string {
  if (comparison) return comparisonText(comparison)
  const number = (value: number | null) => (value === null ? '-' : shown(value))
  if (kind !== 'joined') return number(measured)
  return measured === null
    ? `server ${number(server)}`
    : `clients ${number(measured)}, server ${number(server)}`
}

/** By how much the head differs, how sure that is, and the least that these runs could have found. */
function comparisonText({ shift, low, high, detectable }: NonNullable<Check['comparison']>): string {
  const percent = (share: number) => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`
  const interval = low === null || high === null ? '' : `, 95 %: ${percent(low)} to ${percent(high)}`
  const least =
    detectable === null
      ? 'so few runs can show no change, whatever its size'
      : `a change of ${(detectable * 100).toFixed(1)} % would have been found in 4 of 5 cases`
  return `${percent(shift)}${interval}; ${least}`
}

/** Checks that a reader must see first: everything that is not simply held or left out. */
export function remarkable(checks: readonly Check[]): Check[] {
  const order: readonly Check['verdict'][] = ['did_not_hold', 'not_proven', 'warned']
  return order.flatMap(verdict => checks.filter(check => check.verdict === verdict))
}

/** Why a report is not whole. */
export const cutText = ({ exitCode }: GateResult) =>
  exitCode === EXIT.interrupted ? 'it was interrupted' : 'what it needs was missing at its start'

/** The verdict over all, as one sentence. */
export function verdictSentence(result: GateResult): string {
  const { runs, notRun, partial } = result
  const count = (verdict: Check['verdict']) =>
    runs.reduce((sum, { checks }) => sum + checks.filter(check => check.verdict === verdict).length, 0)
  const scenarios = `${runs.length} scenario${runs.length === 1 ? '' : 's'}`
  const parts = (['held', 'warned', 'did_not_hold', 'not_proven', 'left_out'] as const)
    .filter(verdict => count(verdict) > 0)
    .map(verdict => `${count(verdict)} ${CHECK_WORDS[verdict]}`)
  const cut = partial ? `; this report is partial: ${cutText(result)}, ${notRun.length} not played` : ''
  return `${scenarios}, checks: ${parts.join(', ') || 'none'}${cut}`
}
