import { interval, limitText } from './format.ts'
import { type BenchRecord, GENERATOR_LIMIT, held } from './result.ts'

const BEGIN = '<!-- measured: written by `npm run bench -- --write` -->'
const END = '<!-- end of what is measured -->'

/** The page with its tables made anew from results. @throws Error when the page has no place for them. */
export function performancePage(page: string, records: readonly BenchRecord[]): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`the page has no place between ${BEGIN} and ${END}`)
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables(records)}\n\n${page.slice(end)}`
}

function tables(records: readonly BenchRecord[]): string {
  const claims = records.flatMap(record =>
    record.claims.map(claim => [
      `\`${record.name}\``,
      claim.what,
      `${interval(claim.value)} ${claim.unit}`,
      limitText(claim),
      held(claim) ? 'held' : '**missed**',
      record.date.slice(0, 10),
    ]),
  )
  const figures = records.flatMap(record =>
    record.figures.map(({ what, subject, value, unit }) => [
      `\`${record.name}\``,
      what,
      subject,
      `${interval(value)} ${unit}`.trim(),
    ]),
  )
  const limited = records
    .filter(({ generatorBusy }) => generatorBusy > GENERATOR_LIMIT)
    .map(({ name }) => name)
  return [
    ...sources(records),
    table(['bench', 'claim', 'measured', 'wanted', '', 'date'], claims),
    table(['bench', 'figure', 'server', 'median [interval]'], figures),
    ...records.flatMap(({ name, notes }) => notes.map(note => `\`${name}\`: ${note}`)),
    ...(limited.length > 0
      ? [`The generator was the limit in at least one round of: ${limited.join(', ')}.`]
      : []),
  ].join('\n\n')
}

/** Where the rows were measured; each source with its benches, where there are several. */
function sources(records: readonly BenchRecord[]): string[] {
  const bySource = Map.groupBy(
    records,
    ({ machine, cores, rounds }) => `${machine}; ${cores}; ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`,
  )
  return [...bySource].map(([source, measured]) => {
    const names = measured.map(({ name }) => `\`${name}\``).join(', ')
    return bySource.size === 1 ? source : `${names}: ${source}`
  })
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
