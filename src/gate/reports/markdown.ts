import { escapeControl } from '#core'
import { VERDICT_WORDS } from '#report'
import type { Check, GateResult } from '../result.ts'
import { CHECK_WORDS, measuredText, remarkable, verdictSentence } from './wording.ts'

/** Finds the comment of an earlier run on the same pull request. */
export const COMMENT_MARK = '<!-- petrel gate -->'

/** The result for a job summary or a comment on a pull request. */
export function markdownSummary(result: GateResult): string {
  const rows = result.runs.map(({ scenario, verdict, checks, problems }) => {
    const held = checks.filter(check => check.verdict === 'held').length
    return row([
      literal(scenario),
      VERDICT_WORDS[verdict],
      `${held} of ${checks.length}`,
      String(problems.length),
    ])
  })
  const findings = result.runs.flatMap(({ scenario, checks, problems }) => [
    ...remarkable(checks).map(check => findingRow(scenario, check)),
    ...problems.map(problem =>
      row([
        literal(scenario),
        CHECK_WORDS.not_proven,
        'the run',
        literal(problem.replaceAll('\n', ' / ')),
        '-',
      ]),
    ),
  ])
  const parts = [
    COMMENT_MARK,
    `## Petrel gate: ${VERDICT_WORDS[result.verdict]}`,
    `${literal(result.suite)} against ${literal(result.target)}: ${verdictSentence(result)}.`,
    ['| scenario | verdict | checks held | problems |', '|---|---|---|---|', ...rows].join('\n'),
  ]
  if (findings.length > 0) {
    const head = ['| scenario | | check | what was found | limit |', '|---|---|---|---|---|']
    parts.push('### Findings', [...head, ...findings].join('\n'))
  }
  if (result.notRun.length > 0) parts.push(`Not played: ${result.notRun.map(literal).join(', ')}.`)
  if (result.leftOut.length > 0)
    parts.push('Left out:', result.leftOut.map(sentence => `- ${literal(sentence)}`).join('\n'))
  return `${parts.join('\n\n')}\n`
}

function findingRow(scenario: string, check: Check): string {
  const { id, note, limit, verdict } = check
  return row([
    literal(scenario),
    CHECK_WORDS[verdict],
    literal(id),
    literal(note || measuredText(check)),
    limit === '' ? '-' : literal(limit),
  ])
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/**
 * Text from outside as a code span: no link, image, mention or markup can come of it. A backtick would end the span
 * and a bar the table's cell, whatever stands before them: both are shown by their likeness.
 */
export function literal(text: string): string {
  const safe = escapeControl(text.toWellFormed()).replaceAll('`', 'ˋ').replaceAll('|', '│').trim()
  return safe === '' ? '-' : `\`${safe}\``
}
