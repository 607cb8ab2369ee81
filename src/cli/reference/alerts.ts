import { ALERTS, type Alert, drillsThatFire, RENAMES, WINDOW_SETS } from '#catalog'
import { formatDuration } from '#core'
import { alertRules, type GeneratedFile, timesOf } from '#dashboards'
import { code, linkTo, page, table } from './page.ts'

const PATH = 'alerts.md'

/** What each alert promises: when it fires, what fires it, how fast it has to be; and every rename. */
export function alertPages(): GeneratedFile[] {
  return [
    page(PATH, 'Alerts', [
      'In the order of triage. *Critical* wakes somebody up, *warning* is office-hours work. Times to detect and to resolve are predicted for one fault that all can be compared by: half of ten events a second fail after a whole clean window, or a gauge goes to twice its threshold. In a drill they are allowed what the table says, and a page never more than 30 s; in production they include what the routes of `dashboards/out/alertmanager` wait for company.',
      table([
        ['alert', 'severity', 'drill: detect, resolve', 'allowed', 'production: detect, resolve', 'fired by'],
        ...ALERTS.flatMap(rowsOf),
      ]),
    ]),
    page('compatibility.md', 'Compatibility', [
      'Names that you may have written into rules, boards or scripts of your own, and what they are called now.',
      table([
        ['what', 'was', 'is', 'since'],
        ...RENAMES.map(({ what, from, to, since }) => [what, code(from), code(to), since]),
      ]),
    ]),
  ]
}

function rowsOf({ name, allowed }: Alert): string[][] {
  const [production, drill] = WINDOW_SETS.map(set =>
    alertRules(set)
      .filter(({ alert }) => alert === name)
      .map(rule => ({ rule, ...timesOf(rule, set) })),
  )
  const fired = drillsThatFire(name).map(drill => linkTo(code(drill.name), PATH, 'docs/reference/drills.md'))
  const severities = [...new Set(drill?.map(({ rule }) => rule.severity))]
  return severities.map((severity, index) => [
    linkTo(name, PATH, `docs/runbooks/${name}.md`),
    severity,
    spans(drill, severity),
    `${allowed.detect}, ${allowed.resolve}`,
    spans(production, severity),
    index === 0 ? fired.join(', ') : '',
  ])
}

type Timed = { rule: { severity: string }; detect: number | null; resolve: number | null }

/** Of several pairs of windows of one severity, the quickest: it is the one that people hear. */
function spans(timed: readonly Timed[] | undefined, severity: string): string {
  const [first] = (timed ?? [])
    .filter(({ rule }) => rule.severity === severity)
    .toSorted((a, b) => (a.detect ?? Number.POSITIVE_INFINITY) - (b.detect ?? Number.POSITIVE_INFINITY))
  const text = (seconds: number | null | undefined) =>
    typeof seconds === 'number' ? formatDuration(Math.round(seconds) * 1_000) : 'never'
  return `${text(first?.detect)}, ${text(first?.resolve)}`
}
