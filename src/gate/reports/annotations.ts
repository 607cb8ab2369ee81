import { escapeControl } from '#core'
import type { GateResult } from '../result.ts'
import { measuredText, remarkable } from './wording.ts'

/** GitHub shows no more than ten of a kind for a step. */
const MOST = 10

/** Workflow commands for GitHub Actions: an error for what did not hold, a warning for what is not proven or warns. */
export function githubAnnotations(result: GateResult): string[] {
  const found = result.runs.flatMap(({ scenario, checks, problems }) => [
    ...remarkable(checks).map(check => ({
      isError: check.verdict === 'did_not_hold',
      title: `petrel: ${scenario} ${check.id}`,
      text: check.note || measuredText(check),
    })),
    ...problems.map(text => ({ isError: false, title: `petrel: ${scenario} not proven`, text })),
  ])
  const of = (isError: boolean) => found.filter(one => one.isError === isError).slice(0, MOST)
  return [...of(true), ...of(false)].map(
    ({ isError, title, text }) =>
      `::${isError ? 'error' : 'warning'} title=${property(title)}::${data(text)}`,
  )
}

/** Escapes as the runner's own toolkit does, after control characters have been made visible. */
const data = (text: string) => escapeControl(text).replaceAll('%', '%25')
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
