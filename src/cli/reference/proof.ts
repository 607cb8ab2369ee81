import type { GeneratedFile } from '#dashboards'
import { matrixOf, type ProofResult, STILL_PANELS, SYMBOLS } from '#prove'
import { scoreRows } from '../proof-report.ts'
import { secondsText } from '../table.ts'
import { code, linkTo, page, table } from './page.ts'

const PATH = 'proof.md'
/** Measured, not made from the catalogue: `petrel generate` leaves it alone. */
export const PROOF_PAGE = `docs/reference/${PATH}`
const NOTE = '<!-- Written by `petrel prove --write` from a run. Do not edit: prove again. -->'

const WORDS = { held: 'held', did_not_hold: '**did not hold**', not_proven: '**not proven**' } as const

/** What a run of the proof showed, as a page. */
export function proofPage(result: ProofResult): GeneratedFile {
  const { environment, alerts, runs } = result
  const minutes = (Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 60_000
  const times = Math.max(1, ...runs.map(({ run }) => run))
  const machine = Object.entries(environment).map(([what, version]) => `${what} ${version}`)
  const { path, content } = page(PATH, 'Proof', [
    `Every alert, fired and resolved by real load through a real server, Prometheus and Alertmanager to a webhook, and silent where it has to be. ${linkTo('The drills', PATH, 'docs/reference/drills.md')} say what was played. Run on ${result.startedAt.slice(0, 16).replace('T', ' ')} UTC${times > 1 ? `, ${times} times,` : ''} in ${minutes.toFixed(0)} minutes: ${machine.join(', ')}. It ${WORDS[result.verdict]}.`,
    ...(result.failures.length > 0 ? [result.failures.map(failure => `- ${failure}`).join('\n')] : []),
    'A cell is one alert at one severity in one drill. It *fired* when a notification began between the start of the fault and its end plus the time that the alert is allowed; any other firing is a false positive.',
    table(scoreRows(result)),
    '## Alerts',
    'The slowest of all its drills: from the start of the fault to the delivered notification, and from its end to the delivered all-clear. Predicted is what the formula of the windows gives for the traffic that the server counted. A page must lie within a quarter and 3 s of it.',
    table([
      [
        '',
        'alert',
        'severity',
        'detected',
        'predicted',
        'allowed',
        'resolved',
        'predicted',
        'allowed',
        'silent in',
        '',
      ],
      ...alerts.map(({ alert, severity, detect, resolve, silentCells, verdict }, index) => [
        String(index + 1),
        linkTo(alert, PATH, `docs/runbooks/${alert}.md`),
        severity,
        ...[detect, resolve].flatMap(({ measured, predicted, allowed }) =>
          [measured, predicted, allowed].map(secondsText),
        ),
        `${silentCells} plays`,
        WORDS[verdict],
      ]),
    ]),
    '## Scenario × alert',
    `By the numbers of the alerts above. ${SYMBOLS.map(({ symbol, means }) => `${code(symbol)} ${means}`).join(', ')}.`,
    table([
      ['drill', 'scenario', ...alerts.map((_, index) => String(index + 1))],
      ...matrixOf(runs).map(({ run, drill, scenario, cells }) => [
        times > 1 ? `${code(drill)} ${run}` : code(drill),
        linkTo(code(scenario), PATH, `docs/reference/scenarios/${scenario}.md`),
        ...cells,
      ]),
    ]),
    ...panelBlocks(result),
    '## Runbooks',
    runbookSentence(result),
  ])
  return { path, content: content.replace(/^<!--.*-->/, NOTE) }
}

function runbookSentence({ runbooks: { queries, stale } }: ProofResult): string {
  const sentence = `Each of the ${queries} queries of the runbooks was asked in the drills that fire their alerts.`
  return stale.length === 0
    ? `${sentence} All had data.`
    : `${sentence} Stale:\n\n${stale.map(line => `- ${line}`).join('\n')}`
}

function panelBlocks({ panels }: ProofResult): string[] {
  if (panels === null) return []
  const sentence = `Each of the ${panels.queries} queries of the boards was asked in every drill: whether it has data, and whether it moves.`
  const level = STILL_PANELS.map(({ panel, board, reason }) => `- *${panel}* of ${board}: ${reason}.`)
  return [
    '## Panels',
    panels.dead.length === 0
      ? `${sentence} None is dead.`
      : `${sentence} Dead:\n\n${panels.dead.map(line => `- ${line}`).join('\n')}`,
    `These stand still, and may:\n\n${level.join('\n')}`,
  ]
}
