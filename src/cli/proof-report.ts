import { isAsked, matrixOf, type ProofResult, SYMBOLS } from '#prove'
import type { Io } from './io.ts'
import { verdictText } from './progress.ts'
import { indented, secondsText, tableLines } from './table.ts'

/** The matrix, the alerts with their times, the scores and the verdict of a proof, for people. */
export function proofLines(result: ProofResult, io: Io): string[] {
  return [
    '',
    'Scenario × alert, by the numbers of the alerts below',
    '',
    ...indented(matrixLines(result)),
    '',
    ...indented(SYMBOLS.map(({ symbol, means }) => `${symbol} ${means}`)),
    '',
    'Alerts, at their slowest (measured, predicted, allowed)',
    '',
    ...indented(
      tableLines([
        ['', 'alert', 'severity', 'detect', '', '', 'resolve', '', '', 'silent in', ''],
        ...result.alerts.map((proof, index) => [
          String(index + 1),
          proof.alert,
          proof.severity,
          ...[proof.detect, proof.resolve].flatMap(({ measured, predicted, allowed }) =>
            [measured, predicted, allowed].map(secondsText),
          ),
          String(proof.silentCells),
          isAsked(result, proof) ? verdictText(io, proof.verdict) : 'nothing chosen fires it',
        ]),
      ]),
    ),
    '',
    ...indented(tableLines(scoreRows(result))),
    ...(result.panels === null
      ? []
      : ['', `  ${result.panels.queries} queries of panels, ${result.panels.dead.length} panels dead`]),
    ...['', `  ${result.runbooks.queries} queries of runbooks, ${result.runbooks.stale.length} stale`],
    '',
    `The alerts: ${verdictText(io, result.verdict)}`,
    ...indented(result.failures),
  ]
}

/** Head and rows of the scores. */
export function scoreRows({ scores }: Pick<ProofResult, 'scores'>): string[][] {
  return [
    [
      'severity',
      'true positives',
      'false positives',
      'false negatives',
      'true negatives',
      "don't care",
      'not proven',
      'precision',
      'recall',
    ],
    ...scores.map(score => [
      score.severity,
      ...[
        score.truePositives,
        score.falsePositives,
        score.falseNegatives,
        score.trueNegatives,
        score.notCared,
        score.notProven,
      ].map(String),
      shareText(score.precision),
      shareText(score.recall),
    ]),
  ]
}

function matrixLines({ runs, alerts }: ProofResult): string[] {
  const isRepeated = runs.some(({ run }) => run > 1)
  return tableLines([
    ['drill', ...alerts.map((_, index) => String(index + 1))],
    ...matrixOf(runs).map(({ run, drill, cells }) => [isRepeated ? `${drill} #${run}` : drill, ...cells]),
  ])
}

const shareText = (value: number | null) => (value === null ? '-' : value.toFixed(3))
