import { dirname, join, relative } from 'node:path'
import { type ExitCode, PetrelError, withScope } from '#core'
import { evaluateRecordings, type RecordedResult, readRecording, recordingNames, recordingPath } from '#prove'
import { temporaryFolder } from '#stack'
import type { Io } from './io.ts'
import { progressReport, verdictText } from './progress.ts'
import { PROJECT, projectTools } from './project.ts'
import { suggestion } from './suggest.ts'
import { secondsText, tableLines } from './table.ts'

/** Recordings that come with the project: the incidents of its runbooks. */
const INCIDENTS = join(PROJECT, 'docs', 'runbooks', 'incidents')

/** Where `petrel prove --record` saves its drills, beside the result in this folder. */
export const recordingsIn = (out: string): string => join(out, 'recordings')

/** Where a proof and its recordings go unless a folder is named. */
export const PROOF_FOLDER = join(PROJECT, 'out', 'proof')

/**
 * The recording of that name, of the last proof that recorded or of the project.
 * @throws PetrelError `recording_unreadable` with those that are there.
 */
export async function findRecording(name: string): Promise<string> {
  const known: string[] = []
  for (const folder of [recordingsIn(PROOF_FOLDER), INCIDENTS]) {
    const names = await recordingNames(folder)
    if (names.includes(name)) return recordingPath(folder, name)
    known.push(...names)
  }
  throw new PetrelError('recording_unreadable', `there is no recording "${name}"`, {
    hint: suggestion(name, known),
  })
}

export interface RecordedOptions {
  /** Where the recordings are; without it those of the last proof that recorded, or else of the project. */
  folder?: string
  /** Names of recordings; all of the folder when left away. */
  names?: readonly string[]
  json?: boolean
}

/** Evaluates recordings against the present rules for drills: one line for each alert that fired or had to, and a verdict. */
export function proveRecorded(options: RecordedOptions, io: Io): Promise<ExitCode> {
  return withScope(async scope => {
    const report = progressReport(io)
    const { promtool } = await projectTools(['promtool'], io, report)
    const paths = await chosenPaths(options)
    report(`evaluating ${paths.length} recordings${paths[0] ? ` of ${placeOf(paths[0], io)}` : ''}`)
    const recordings = []
    for (const path of paths) recordings.push(await readRecording(path))
    const temporary = scope.use(await temporaryFolder('recorded')).path
    const result = await evaluateRecordings(recordings, { promtool, folder: temporary, signal: io.signal })
    io.out(options.json ? `${JSON.stringify(result)}\n` : `${describe(result, io).join('\n')}\n`)
    if (paths.length === 0)
      io.err('petrel: nothing is recorded there\n  hint: petrel prove --record saves its drills\n')
    return result.exitCode
  })
}

async function chosenPaths({ folder, names = [] }: RecordedOptions): Promise<string[]> {
  if (folder === undefined && names.length > 0) return Promise.all(names.map(findRecording))
  const proven = recordingsIn(PROOF_FOLDER)
  const from = folder ?? ((await recordingNames(proven)).length > 0 ? proven : INCIDENTS)
  const wanted = names.length > 0 ? names : await recordingNames(from)
  return Promise.all(wanted.map(name => recordingPath(from, name)))
}

const placeOf = (path: string, io: Io) => relative(io.cwd, dirname(path)) || '.'

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
        secondsText(one.detect),
        secondsText(one.resolve),
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
