import { html, type Markup } from '#report'
import type { Check, GateResult, ScenarioRun } from '../result.ts'
import { measuredText } from './wording.ts'

/**
 * The result as JUnit XML, as CI systems read it: a suite for each scenario, a case for each check. What is not proven
 * is an error, what did not hold a failure, what was left out is skipped.
 */
export function junitXml(result: GateResult): string {
  const suites = [...result.runs.map(suiteOf), ...result.notRun.map(notPlayed)]
  const document = html`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${`petrel gate ${result.suite}`}" timestamp="${result.startedAt}">
${suites}</testsuites>
`
  // The two characters that `html` lets pass and XML does not.
  return document.text.replaceAll(/[\ufffe\uffff]/g, '\ufffd')
}

function suiteOf({ scenario, checks, problems }: ScenarioRun): Markup {
  const count = (verdict: Check['verdict']) => checks.filter(check => check.verdict === verdict).length
  const errors = count('not_proven') + problems.length
  return html`<testsuite name="${scenario}" tests="${checks.length + problems.length}" failures="${count('did_not_hold')}" errors="${errors}" skipped="${count('left_out')}">
${checks.map(check => caseOf(scenario, check))}${problems.map(
  (
    problem,
    index,
  ) => html`<testcase classname="${`petrel.${scenario}`}" name="${`run/problem-${index + 1}`}"><error message="${problem}"/></testcase>
`,
)}</testsuite>
`
}

function caseOf(scenario: string, check: Check): Markup {
  const detail = `${check.note || measuredText(check)}${check.limit === '' ? '' : ` (limit ${check.limit})`}`
  return html`<testcase classname="${`petrel.${scenario}`}" name="${`${check.id}: ${check.title}`}">${outcome(check, detail)}</testcase>
`
}

function outcome({ verdict }: Check, detail: string): Markup {
  switch (verdict) {
    case 'did_not_hold':
      return html`<failure message="${detail}"/>`
    case 'not_proven':
      return html`<error message="${detail}"/>`
    case 'left_out':
      return html`<skipped message="${detail}"/>`
    case 'warned':
      return html`<system-out>warning: ${detail}</system-out>`
    case 'held':
      return html``
  }
}

const notPlayed = (scenario: string) =>
  html`<testsuite name="${scenario}" tests="1" failures="0" errors="1" skipped="0">
<testcase classname="${`petrel.${scenario}`}" name="played"><error message="it was not played to its end"/></testcase>
</testsuite>
`
