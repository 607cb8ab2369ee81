import { escapeLine } from '#core'
import type { Verdict } from '#report'
import type { Check, GateResult } from '../result.ts'
import { CHECK_WORDS, measuredText, remarkable, verdictSentence } from './wording.ts'

/** What a person reads: each scenario with what did not go well, then what was left out, then the verdict. */
export function consoleLines(result: GateResult, paint: (verdict: Verdict) => string): string[] {
  const lines: string[] = []
  const say = (text: string, indent = '') => {
    for (const [index, line] of text.split('\n').entries()) {
      // Whatever is not ours may have come from a target.
      lines.push(escapeLine(`${indent}${index === 0 ? '' : '| '}${line}`))
    }
  }
  for (const { scenario, verdict, checks, problems } of result.runs) {
    const held = checks.filter(check => check.verdict === 'held').length
    lines.push(
      `scenario ${escapeLine(scenario)}: ${paint(verdict)} (${held} of ${checks.length} checks held)`,
    )
    // A server that died explains all that follows from it.
    for (const problem of problems) say(`not proven: ${problem}`, '  ')
    for (const [check, ...alike] of groupsOf(remarkable(checks))) {
      if (check === undefined) continue
      const what = [`${check.id}: ${check.title}`, ...alike.map(({ id }) => id)].join(', ')
      say(`${CHECK_WORDS[check.verdict]}: ${what}`, '  ')
      const limit = check.limit === '' ? '' : ` (limit ${check.limit}, from ${check.source})`
      say(`${check.note || measuredText(check)}${limit}`, '    ')
    }
    // What a comparison could not have found is worth as much as what it found.
    for (const check of checks.filter(one => one.comparison && one.verdict === 'held'))
      say(`held: ${check.id}: ${measuredText(check)}`, '  ')
  }
  if (result.notRun.length > 0) say(`not played: ${result.notRun.join(', ')}`)
  for (const sentence of result.leftOut) say(`left out: ${sentence}`)
  lines.push('', `gate ${escapeLine(result.suite)}: ${paint(result.verdict)}: ${verdictSentence(result)}`)
  return lines
}

/** Checks that are what they are for one reason together: seven that need the metrics say once that those are gone. */
function groupsOf(checks: readonly Check[]): Check[][] {
  const key = ({ id, verdict, note, limit }: Check) => [verdict, note || id, limit].join('\n')
  return [...Map.groupBy(checks, key).values()]
}
