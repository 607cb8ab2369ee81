import { tableLines } from '../../src/cli/table.ts'
import { interval, limitText } from './format.ts'
import { type BenchResult, GENERATOR_LIMIT, held } from './result.ts'

/** One result for people: what was asked for, then every figure, then what limits them. */
export function terminalTable({ name, title, claims, figures, notes, generatorBusy }: BenchResult): string {
  const lines = [`${name} — ${title}`]
  if (claims.length > 0) {
    const rows = claims.map(claim => [
      held(claim) ? 'held' : 'MISSED',
      claim.what,
      interval(claim.value),
      limitText(claim),
      `${Math.round(claim.value.coverage * 100)} %, n = ${claim.value.samples.length}`,
    ])
    lines.push(...tableLines([['', 'claim', 'measured', 'wanted', 'interval covers'], ...rows]))
  }
  lines.push(
    '',
    ...tableLines([
      ['server', 'figure', 'median [interval]', 'unit'],
      ...figures.map(({ subject, what, value, unit }) => [subject, what, interval(value), unit]),
    ]),
  )
  for (const note of notes) lines.push(note)
  if (generatorBusy > GENERATOR_LIMIT) lines.push('The generator was the limit in at least one round.')
  return `${lines.map(line => `  ${line}`.trimEnd()).join('\n')}\n\n`
}
