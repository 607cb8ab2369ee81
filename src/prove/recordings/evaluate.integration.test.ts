import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PetrelError } from '#core'
import { ruleFile } from '#dashboards'
import { inFolder } from '../../../test/support/promtool.ts'
import { requireTool } from '../../../test/support/require-tool.ts'
import { writeScript } from '../../stack/testing.ts'
import { evaluateRecordings } from './evaluate.ts'
import type { Recording } from './recording.ts'
import { readRecording, recordingNames, recordingPath, saveRecording } from './recording-file.ts'
import { sampleRecording } from './sample.ts'

const INCIDENTS = new URL('../../../docs/runbooks/incidents', import.meta.url).pathname
const [REFUSED, FLAPPING, FIXED] = ['incident-refused', 'incident-flapping', 'incident-fixed'] as const
const signal = new AbortController().signal

const evaluated = (recordings: readonly Recording[], rules = ruleFile('drill')) =>
  inFolder(async folder =>
    evaluateRecordings(recordings, {
      promtool: { path: await requireTool('promtool') },
      folder,
      rules,
      signal,
    }),
  )

test('a recording holds under the rules, also where a label value needs escaping', async () => {
  const { verdict, failures, runs } = await evaluated([sampleRecording()])
  expect({ verdict, failures }).toEqual({ verdict: 'held', failures: [] })
  expect(runs[0]?.alerts.find(({ alert }) => alert === 'WsHandshakeBudgetBurn')?.detect).not.toBeNull()
})

test('a target that is not scraped for half a minute fires its silence, and nothing else', async () => {
  const { series, expectations, ...sample } = sampleRecording()
  const gap = (one: Recording['series'][number]) => ({
    ...one,
    // Marked stale by the first scrape that failed; only `up` says that it was asked.
    values: one.values.map((value, at) => {
      if (at < 80 || at >= 110) return value
      return one.name === 'up' ? 0 : at === 80 ? ('stale' as const) : null
    }),
  })
  const connections = {
    name: 'ws_connections',
    labels: { job: 'web', instance: 'a', state: 'open' },
    values: Array.from({ length: 120 }, () => 5),
  }
  const whole = { ...sample, series: [...series, connections] }
  const silence = { alert: 'WsTelemetryAbsent', severity: 'critical', expected: 'silent' } as const
  const expecting = [...expectations, { ...silence, detect: null, resolve: null }]
  expect((await evaluated([{ ...whole, expectations: expecting }])).failures).toEqual([])
  const broken = { ...whole, series: whole.series.map(gap), expectations: expecting }
  expect((await evaluated([broken])).failures).toEqual(['sample: WsTelemetryAbsent (critical): it fired'])
})

const incidents = async (...wanted: string[]) =>
  Promise.all(
    (await recordingNames(INCIDENTS))
      .filter(name => wanted.length === 0 || wanted.includes(name))
      .map(async name => readRecording(await recordingPath(INCIDENTS, name))),
  )

test('the recorded incidents hold under the present rules', async () => {
  const recordings = await incidents()
  expect(recordings.length).toBeGreaterThanOrEqual(3)
  const { verdict, exitCode, failures, runs } = await evaluated(recordings)
  expect({ verdict, exitCode, failures }).toEqual({ verdict: 'held', exitCode: 0, failures: [] })
  const fired = runs.flatMap(({ alerts }) => alerts.filter(({ expected }) => expected === 'fire'))
  expect(fired.length).toBeGreaterThanOrEqual(7)
})

test.each<[what: string, incident: string, from: RegExp, to: string, failure: RegExp]>([
  [
    'a metric that was renamed',
    FLAPPING,
    /ws_sessions_total/g,
    'ws_streams_total',
    /WsFlapping .* did not fire/,
  ],
  [
    'another label value',
    REFUSED,
    /reason="wrong_path"/g,
    'reason="other"',
    /WsWrongPathStorm .* did not fire/,
  ],
  [
    'a threshold too high',
    FLAPPING,
    /> 0\.072/g,
    '> 7.2',
    /WsSessionBudgetBurn \(critical\): it did not fire/,
  ],
  ['a longer window', REFUSED, /\[10s\]/g, '[50s]', /WsWrongPathStorm .* never resolved/],
  ['a longer wait', REFUSED, /for: 2s/g, 'for: 15s', /fired \d+\.\d s after the fault began, allowed/],
  [
    'a label too few',
    FIXED,
    /outcome="refused"/g,
    'outcome=~".+"',
    /WsHandshakeBudgetBurn \(critical\): it fired/,
  ],
])('a rule with %s is caught by a recording', async (_, incident, from, to, failure) => {
  const rules = ruleFile('drill').replaceAll(from, to)
  expect(rules).not.toBe(ruleFile('drill'))
  const { exitCode, failures } = await evaluated(await incidents(incident), rules)
  expect(exitCode).toBe(1)
  expect(failures.join('\n')).toMatch(failure)
})

test('rules that promtool refuses are no verdict, and no recordings prove nothing', async () => {
  await expect(
    evaluated([sampleRecording()], ruleFile('drill').replace('sum by (job)', 'sum by by (job)')),
  ).rejects.toThrow(
    expect.objectContaining({ code: 'rules_refused', hint: expect.stringContaining('unexpected <by>') }),
  )
  expect(await evaluated([])).toMatchObject({ verdict: 'not_proven', exitCode: 4 })
})

test('one that fails ends the others: none begins after it, and none is still running when the error comes', async () => {
  await inFolder(async folder => {
    const path = await writeScript(
      join(folder, 'promtool'),
      'case "$3" in *recording-0.yml) echo no rules; exit 1; esac; sleep 0.3; echo "$3" >> "$0.ended"',
    )
    const recordings = [sampleRecording(), sampleRecording(), sampleRecording()]
    await expect(evaluateRecordings(recordings, { promtool: { path }, folder, signal })).rejects.toThrow(
      'did not evaluate',
    )
    expect(readFileSync(`${path}.ended`, 'utf8')).toBe(`${join(folder, 'recording-1.yml')}\n`)
  })
})

test('a recording survives its file; what is none, or of another version, is refused by name', async () => {
  await inFolder(async folder => {
    const path = await saveRecording(folder, sampleRecording())
    expect(await readRecording(path)).toEqual(sampleRecording())
    expect(await recordingNames(folder)).toEqual(['sample'])
    await expect(recordingPath(folder, 'other')).rejects.toThrow(/no recording "other"/)
    const newer = { ...sampleRecording(), schema: 'petrel.recording/2' as 'petrel.recording/1' }
    await expect(readRecording(await saveRecording(folder, newer))).rejects.toThrow(
      /version petrel.recording\/2/,
    )
    await expect(readRecording(import.meta.filename)).rejects.toThrow(PetrelError)
    const nowhere = saveRecording(join(folder, 'none'), sampleRecording())
    await expect(nowhere).rejects.toMatchObject({ code: 'out_unwritable' })
  })
})
