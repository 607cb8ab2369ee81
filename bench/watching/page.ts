import type { PanelQuery } from '#dashboards'
import type { GroupCost, QueryCost } from './measure.ts'

export interface WatchingCost {
  machine: string
  prometheus: string
  date: string
  instances: number
  /** Series that one server has for the boards and rules. */
  seriesOfOne: number
  groups: readonly GroupCost[]
  /** Names of the groups that are evaluated in one cycle of several, and in which share of them. */
  sparse: { groups: readonly string[]; share: number }
  queries: readonly QueryCost[]
  boards: readonly PanelQuery[]
}

/** What watching may cost. */
const LIMITS = { evaluation: 50, query: 200, queriesOfBoard: 40 } as const
const SHOWN = 10

const BEGIN = '<!-- measured: written by `node bench/watching/main.ts --write` -->'
const END = '<!-- end of what is measured -->'

interface Budget {
  what: string
  measured: number
  limit: number
  unit: string
}

export function budgetsOf({ groups, sparse, queries, boards }: WatchingCost): Budget[] {
  const counts = new Map<string, number>()
  for (const { board } of boards) counts.set(board, (counts.get(board) ?? 0) + 1)
  const sum = groups.reduce(
    (total, { name, milliseconds }) =>
      total + milliseconds * (sparse.groups.includes(name) ? sparse.share : 1),
    0,
  )
  return [
    { what: 'evaluation of all rules, a cycle', measured: sum, limit: LIMITS.evaluation, unit: 'ms' },
    {
      what: 'dearest query of a panel, over 6 h',
      measured: queries[0]?.milliseconds ?? Number.NaN,
      limit: LIMITS.query,
      unit: 'ms',
    },
    {
      what: 'queries of the largest board',
      measured: Math.max(...counts.values()),
      limit: LIMITS.queriesOfBoard,
      unit: '',
    },
  ]
}

export const held = ({ measured, limit }: Budget) => measured <= limit

/** The tables, as Markdown. */
export function tables(cost: WatchingCost): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const number = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0))
  return [
    `${cost.machine}; Prometheus ${cost.prometheus}; ${cost.instances} servers with ${cost.seriesOfOne} series each that boards or rules read; ${cost.date.slice(0, 10)}.`,
    '',
    row(['budget', 'measured', 'limit', '']),
    row(['---', '---', '---', '---']),
    ...budgetsOf(cost).map(budget =>
      row([
        budget.what,
        `${number(budget.measured)} ${budget.unit}`.trim(),
        `${budget.limit} ${budget.unit}`.trim(),
        held(budget) ? 'held' : '**missed**',
      ]),
    ),
    '',
    row(['rule group', 'rules', 'evaluation', 'in every']),
    row(['---', '---', '---', '---']),
    ...cost.groups.map(({ name, rules, milliseconds }) =>
      row([
        `\`${name}\``,
        rules,
        `${number(milliseconds)} ms`,
        cost.sparse.groups.includes(name) ? `${Math.round(1 / cost.sparse.share)}th cycle` : 'cycle',
      ]),
    ),
    '',
    row(['dearest panels', 'board', 'series', 'median of 5']),
    row(['---', '---', '---', '---']),
    ...cost.queries
      .slice(0, SHOWN)
      .map(({ panel, refId, board, series, milliseconds }) =>
        row([`${panel} (${refId})`, board, series, `${number(milliseconds)} ms`]),
      ),
  ].join('\n')
}

/** The page with its tables made anew. @throws Error when the page has no place for them. */
export function watchingPage(page: string, cost: WatchingCost): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`the page has no place between ${BEGIN} and ${END}`)
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables(cost)}\n\n${page.slice(end)}`
}
