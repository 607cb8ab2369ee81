import { escapeControl } from '#core'
import type { Verdict } from '#report'
import type { GateResult } from '../result.ts'
import { CHECK_WORDS, measuredText, remarkable, verdictSentence } from './wording.ts'

/** What a person reads: each scenario with what did not go well, then what was left out, then the verdict. */
export function consoleLines(result: GateResult, paint: (verdict: Verdict) => string): string[] {
  const lines: string[] = []
  const say = (text: string, indent = '') => {
    for (const [index, line] of text.split('\n').entries()) {
      lines.push(`${indent}${index === 0 ? '' : '| '}${safe(line)}`)
    }
  }
  for (const { scenario, verdict, checks, problems } of result.runs) {
    const held = checks.filter(check => check.verdict === 'held').length
    lines.push(`scenario ${safe(scenario)}: ${paint(verdict)} (${held} of ${checks.length} checks held)`)
    for (const check of remarkable(checks)) {
      say(`${CHECK_WORDS[check.verdict]}: ${check.id}: ${check.title}`, '  ')
      const limit = check.limit === '' ? '' : ` (limit ${check.limit}, from ${check.source})`
      say(`${check.note || measuredText(check)}${limit}`, '    ')
    }
    // What a comparison could not have found is worth as much as what it found.
    for (const check of checks.filter(one => one.comparison && one.verdict === 'held'))
      say(`held: ${check.id}: ${measuredText(check)}`, '  ')
    for (const problem of problems) say(`not proven: ${problem}`, '  ')
  }
  if (result.notRun.length > 0) say(`not played: ${result.notRun.join(', ')}`)
  for (const sentence of result.leftOut) say(`left out: ${sentence}`)
  lines.push('', `gate ${safe(result.suite)}: ${paint(result.verdict)}: ${verdictSentence(result)}`)
  return lines
}

/**
 * Anything but what `paint` made may have come from a target: its control characters are made visible. What a CI
 * runner takes for a command begins a line with `::`, and none of ours does, or holds `##[` anywhere.
 */
const safe = (text: string) => escapeControl(text).replaceAll('##[', '## [')
