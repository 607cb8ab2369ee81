import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { transcript } from './testing.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'petrel-session-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A gate on a machine that has nothing, and cannot get it. */
const gate = (...argv: string[]) => {
  const out = join(folder, 'out')
  const env = { PATH: '', PETREL_OFFLINE: '1', PETREL_CACHE: join(folder, 'cache') }
  return transcript(['gate', 'healthy', 'many-tasks', '--out', out, ...argv], { cwd: folder, env })
}
const result = () => JSON.parse(readFileSync(join(folder, 'out', 'result.json'), 'utf8'))

test('a k6 that is not here and cannot be had: 3, and every report says so, as partial', async () => {
  const { code, out, err } = await gate()
  expect(code).toBe(3)
  expect(err).toMatch(/petrel: k6 ≥ [\d.]+ is not here .*\(tool_missing\)/)
  expect(out).toContain('what it needs was missing at its start, 1 not played')
  expect(result()).toMatchObject({
    verdict: 'not_proven',
    exitCode: 3,
    partial: true,
    notRun: ['many-tasks'],
  })
  expect(readFileSync(join(folder, 'out', 'junit.xml'), 'utf8')).toContain('could not be played: k6 ≥')
  expect(readdirSync(join(folder, 'out'))).toContain('report.html')
})

test('a machine that cannot make the load: the same', async () => {
  const { code } = await gate('--clients', '15000')
  expect(code).toBe(3)
  expect(result().runs[0].problems[0]).toMatch(/^it could not be played: .*many-tasks: 150000 sockets/)
})
