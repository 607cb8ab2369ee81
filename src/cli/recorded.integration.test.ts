import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { requireTool } from '../../test/support/require-tool.ts'
import { transcript } from './testing.ts'

const INCIDENTS = resolve(import.meta.dirname, '../../docs/runbooks/incidents')
const FILE = 'incident-refused.recording.json.gz'

const folder = mkdtempSync(join(tmpdir(), 'petrel-recorded-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function recorded(...args: string[]) {
  await requireTool('promtool')
  return transcript(['prove', '--recorded', ...args], { cwd: folder, env: process.env })
}

test('recordings of a proof are evaluated in seconds: a line for each alert that fired, and a verdict', async () => {
  mkdirSync(join(folder, 'proof', 'recordings'), { recursive: true })
  copyFileSync(join(INCIDENTS, FILE), join(folder, 'proof', 'recordings', FILE))
  const { code, out } = await recorded('--out', 'proof')
  expect(code).toBe(0)
  expect(out).toMatch(/^incident-refused +WsWrongPathStorm +critical +fire +[\d.]+ s +[\d.]+ s +held$/m)
  expect(out).toContain('1 recordings under the present rules: held')
})

test('an incident of the project is found by its name, and its result is JSON where programs read it', async () => {
  const { code, out } = await recorded('--only', 'incident-flapping', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ verdict: 'held', runs: [{ name: 'incident-flapping' }] })
})

test('no recording proves nothing, and one that is not there is refused with those that are', async () => {
  const none = await recorded('--out', 'empty')
  expect(none).toMatchObject({ code: 4, err: expect.stringContaining('petrel prove --record saves') })
  expect(none.out).toContain('not proven\n  there are no recordings')
  const unheard = await recorded('--only', 'incident-unheard-of')
  expect(unheard).toMatchObject({ code: 2, err: expect.stringMatching(/"incident-unheard-of".*\n.*refused/) })
})

test.each([['--write'], ['--record'], ['--repeat', '2'], ['--alert', 'WsFlapping']])(
  'what is evaluated again is not played: %s is refused',
  async (...option) => {
    expect(await recorded(...option)).toMatchObject({
      code: 2,
      err: expect.stringContaining('cannot be used'),
    })
  },
)
