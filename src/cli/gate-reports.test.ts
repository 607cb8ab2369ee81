import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sampleGate } from '../gate/sample.ts'
import { writeReports } from './gate-reports.ts'
import { keepingIo } from './testing.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'petrel-reports-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function write(
  result = sampleGate(),
  out: string | undefined = folder,
  env: Record<string, string> = {},
) {
  const { io, kept } = keepingIo({ env, cwd: folder })
  return { code: await writeReports(result, { out, github: undefined }, io), err: kept.err }
}

test('every report is written, and each is named', async () => {
  const { code, err } = await write()
  expect(code).toBe(1)
  expect(readdirSync(folder).toSorted()).toEqual(['junit.xml', 'report.html', 'result.json', 'summary.md'])
  expect(err).toBe('result.json\njunit.xml\nsummary.md\nreport.html\n')
})

test('a disk that is full at one report leaves the others, tells it, and gives 3', async () => {
  symlinkSync('/dev/full', join(folder, 'junit.xml'))
  const { code, err } = await write()
  expect(code).toBe(3)
  expect(err).toContain('petrel: a report could not be written (report_failed)')
  expect(err).toContain('junit.xml: ENOSPC')
  expect(readdirSync(folder)).not.toContain('junit.xml')
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('</html>')
})

test('what the person did beats a report that could not be written, and a folder that cannot be is told', async () => {
  expect((await write(sampleGate({ exitCode: 130, partial: true }), '/dev/null/out')).code).toBe(130)
  expect((await write(sampleGate({ exitCode: 4 }), '/dev/null/out')).code).toBe(3)
})

test('in GitHub Actions the summary is appended and findings are annotated', async () => {
  const summary = join(folder, 'step.md')
  const { err } = await write(sampleGate(), undefined, {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: summary,
  })
  expect(readFileSync(summary, 'utf8')).toContain('## Petrel gate: did not hold')
  expect(err).toMatch(/^::error title=petrel%3A healthy joined\/handshakes-accepted::/m)
})
