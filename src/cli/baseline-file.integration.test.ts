import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { thisMachine } from '#gate'
import { readBaselineFile } from './baseline-file.ts'
import type { Io } from './io.ts'

const baseline = (createdAt: string) =>
  JSON.stringify({
    schema: 'petrel.baseline/1',
    createdAt,
    machine: thisMachine(),
    k6: '2.2.0',
    target: 'http://127.0.0.1:1',
    scenarios: [
      {
        scenario: 'healthy',
        settings: { taskMs: 500, phases: { warmup: 1, steady: 1, fault: 1, recovery: 1 } },
        runs: [{ connect: 2 }],
      },
    ],
  })
const [FIRST, SECOND, OTHER] = [1, 2, 3].map(day => `2026-01-0${day}T00:00:00.000Z`) as [
  string,
  string,
  string,
]

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'petrel-ref-'))
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd: folder })
  await git('init', '--initial-branch', 'main')
  writeFileSync(join(folder, 'petrel.baseline.json'), baseline(FIRST))
  mkdirSync(join(folder, 'ci'))
  writeFileSync(join(folder, 'ci/of-ci.json'), baseline(OTHER))
  await git('add', '.')
  await git('commit', '-m', 'one')
  writeFileSync(join(folder, 'petrel.baseline.json'), baseline(SECOND))
  await git('commit', '-am', 'two')
  rmSync(join(folder, 'petrel.baseline.json'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (name: string, below = '') => readBaselineFile(name, { cwd: join(folder, below) } as Io)

test('a ref gives the baseline that was committed there, in its usual file or in the one that is named', async () => {
  expect((await read('main')).createdAt).toBe(SECOND)
  expect((await read('HEAD~1')).createdAt).toBe(FIRST)
  expect((await read('main:ci/of-ci.json')).createdAt).toBe(OTHER)
  expect((await read('main:of-ci.json', 'ci')).createdAt).toBe(OTHER)
})

test('a file that is there goes before a ref of its name', async () => {
  writeFileSync(join(folder, 'main'), baseline(OTHER))
  try {
    expect((await read('main')).createdAt).toBe(OTHER)
  } finally {
    rmSync(join(folder, 'main'))
  }
})

test.each([
  ['no-such-ref', 'config_unreadable', /a git ref must be fetched first/],
  ['main:no/such.json', 'baseline_unfit', /name its path as main:/],
  ['HEAD:ci', 'baseline_unfit', /petrel baseline save/],
  ['--output=taken', 'config_unreadable', /petrel baseline save/],
  ['main:--output=taken', 'baseline_unfit', /petrel baseline save/],
])('%s: %s, and what to do', async (name, code, hint) => {
  await expect(read(name)).rejects.toMatchObject({ code, hint: expect.stringMatching(hint) })
  expect(existsSync(join(folder, 'taken'))).toBe(false)
})

test('outside of a repository a name is a file', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'petrel-ref-'))
  try {
    await expect(readBaselineFile('main', { cwd: elsewhere } as Io)).rejects.toMatchObject({
      code: 'config_unreadable',
    })
  } finally {
    rmSync(elsewhere, { recursive: true, force: true })
  }
})
