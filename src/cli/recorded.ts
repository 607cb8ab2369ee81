import { join, relative, resolve } from 'node:path'
import { type ExitCode, withScope } from '#core'
import { evaluateRecordings, type RecordedResult, readRecording, recordingNames, recordingPath } from '#prove'
import { temporaryFolder } from '#stack'
import type { Io } from './io.ts'
import { progressReport, verdictText } from './progress.ts'
import { PROJECT, projectTools } from './project.ts'
import { tableLines } from './table.ts'

/** Recordings that come with the project: the incidents of its runbooks. */
export const RECORDINGS = join(PROJECT, 'docs', 'runbooks', 'incidents')

export interface RecordedOptions {
  /** Where the recordings are; those of the project when left away. */
  folder?: string
  /** Names of recordings; all of the folder when left away. */
  names?: readonly string[]
}

/** Evaluates recordings against the present rules for drills: one line for each alert that fired or had to, and a verdict. */
export function proveRecorded(options: RecordedOptions, io: Io): Promise<ExitCode> {
  return withScope(async scope => {
    const folder = options.folder === undefined ? RECORDINGS : resolve(io.cwd, options.folder)
    const report = progressReport(io)
    const { promtool } = await projectTools(['promtool'], io, report)
    const names = options.names?.length ? options.names : await recordingNames(folder)
    const recordings = []
    for (const name of names) recordings.push(await readRecording(await recordingPath(folder, name)))
    report(`evaluating ${recordings.length} recordings of ${relative(io.cwd, folder) || '.'}`)
    const temporary = scope.use(await temporaryFolder('recorded')).path
    const result = await evaluateRecordings(recordings, { promtool, folder: temporary, signal: io.signal })
    io.out(`${describe(result, io).join('\n')}\n`)
    return result.exitCode
  })
}

function describe({ runs, verdict, failures }: RecordedResult, io: Io): string[] {
  const rows = runs.flatMap(({ name, alerts }) =>
    alerts
      .filter(
        ({ expected, detect, verdict: one }) => expected === 'fire' || detect !== null || one !== 'held',
      )
      .map(one => [
        name,
        one.alert,
        one.severity,
        one.expected,
        seconds(one.detect),
        seconds(one.resolve),
        verdictText(io, one.verdict),
      ]),
  )
  const silent = runs.flatMap(({ alerts }) =>
    alerts.filter(({ expected, verdict: one }) => expected === 'silent' && one === 'held'),
  )
  const head = ['recording', 'alert', 'severity', 'expected', 'detect', 'resolve', '']
  return [
    ...(rows.length > 0 ? tableLines([head, ...rows]) : []),
    `and ${silent.length} alerts that had to stay silent did`,
    '',
    `${runs.length} recordings under the present rules: ${verdictText(io, verdict)}`,
    ...failures.map(sentence => `  ${sentence}`),
  ]
}

const seconds = (value: number | null) => (value === null ? '-' : `${value.toFixed(1)} s`)
