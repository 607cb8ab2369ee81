import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { allSettled, type ExitCode, PetrelError } from '#core'
import { ruleFile } from '#dashboards'
import type { Verdict } from '#report'
import { runTool } from '#run'
import { verdictOf } from '../verdict.ts'
import { judgeRecording, type RecordedAlert } from './judge-recording.ts'
import { firingsIn, promtoolTest, type RulesToTest } from './promtool-test.ts'
import type { Recording } from './recording.ts'

/** One recording under the present rules. */
export interface RecordedRun {
  name: string
  scenario: string
  job: string
  recordedAt: string
  alerts: RecordedAlert[]
}

export interface RecordedResult {
  verdict: Verdict
  exitCode: ExitCode
  /** What did not hold or is not proven, one sentence each. */
  failures: string[]
  runs: RecordedRun[]
}

export interface EvaluateOptions {
  promtool: { path: string }
  /** For the tests that promtool reads; removed by whoever made it. */
  folder: string
  signal: AbortSignal
  /** The rules for drills, as YAML; those of the catalogue when left away. */
  rules?: string
}

/** promtool needs a core for each; more at once are no faster. */
const AT_ONCE = 2

/**
 * Evaluates recordings against the rules for drills: no server, no load, seconds instead of minutes.
 * @throws PetrelError `rules_refused` when promtool refuses the rules.
 */
export async function evaluateRecordings(
  recordings: readonly Recording[],
  { promtool, folder, signal, rules = ruleFile('drill') }: EvaluateOptions,
): Promise<RecordedResult> {
  const file = join(folder, 'petrel.drill.yml')
  await writeFile(file, rules)
  const words = new Set(rules.match(/\w+/g))
  const tested: RulesToTest = {
    file,
    groups: (parse(rules) as { groups: { name: string }[] }).groups.map(({ name }) => name),
    reads: name => words.has(name),
  }
  const runs: RecordedRun[] = []
  const waiting = [...recordings.entries()]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, recording] = next
      const test = join(folder, `recording-${index}.yml`)
      await writeFile(test, promtoolTest(recording, tested))
      const { text } = await runTool(promtool.path, ['test', 'rules', test], signal)
      const firings = firingsIn(text)
      if (!firings) {
        throw new PetrelError('rules_refused', `promtool did not evaluate the recording ${recording.name}`, {
          hint: text.trim().slice(-600),
        })
      }
      const { name, scenario, job, recordedAt } = recording
      runs[index] = { name, scenario, job, recordedAt, alerts: judgeRecording(recording, firings) }
    }
  }
  const stopOthers = (error: unknown) => {
    waiting.length = 0
    throw error
  }
  await allSettled(Array.from({ length: AT_ONCE }, () => work().catch(stopOthers)))
  const of = (wanted: Verdict) =>
    runs.flatMap(({ name, alerts }) =>
      alerts
        .filter(({ verdict }) => verdict === wanted)
        .map(({ alert, severity, note }) => `${name}: ${alert} (${severity}): ${note}`),
    )
  // Nothing to look at is no proof.
  const unproven = runs.length === 0 ? ['there are no recordings'] : of('not_proven')
  return { runs, ...verdictOf(of('did_not_hold'), unproven) }
}
