import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
/** What the script calls beside node and npm. */
const UTILITIES = ['sh', 'cat', 'ln', 'mkdir', 'mktemp', 'mv', 'readlink', 'rm', 'sleep', 'uname']

let folder: string
/** A copy of the project in a path with spaces; its dependencies are those of this checkout. */
let project: string
/** A PATH of its own, with no node and no npm. */
let bin: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'petrel bootstrap '))
  project = join(folder, 'a project')
  bin = join(folder, 'bin')
  mkdirSync(project)
  mkdirSync(bin)
  for (const file of ['petrel', 'package.json', 'package-lock.json']) {
    cpSync(join(ROOT, file), join(project, file), { preserveTimestamps: true })
  }
  for (const part of ['src', 'server', 'loadtests', 'dashboards'])
    symlinkSync(join(ROOT, part), join(project, part))
  for (const name of UTILITIES) symlinkSync(onPath(name), join(bin, name))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function onPath(name: string): string {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map(one => join(one, name))
    .find(file => existsSync(file))
  if (!found) throw new Error(`${name} is not on PATH`)
  return found
}

/** A program of that name on the PATH of the test. */
function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
}

/** This very Node, under its usual name. */
const withNode = () => symlinkSync(process.execPath, join(bin, 'node'))

/** An installed `node_modules`, as new as npm would leave it. */
function withDependencies(): void {
  mkdirSync(join(project, 'node_modules'))
  for (const entry of readdirSync(join(ROOT, 'node_modules'))) {
    if (entry !== '.package-lock.json') {
      symlinkSync(join(ROOT, 'node_modules', entry), join(project, 'node_modules', entry))
    }
  }
  writeFileSync(join(project, 'node_modules/.package-lock.json'), '{}')
}

/**
 * Stands in for npm, which has its own trip through every fresh clone: notes its arguments, gives what was asked
 * for, and takes its time.
 */
const withNpm = () =>
  program(
    'npm',
    `echo "$*" >> "${folder}/npm-calls"
sleep 1
case $1 in
install) mkdir -p node_modules/.bin && ln -s "${process.execPath}" node_modules/.bin/node ;;
ci)
  rm -rf node_modules && mkdir node_modules
  for entry in "${join(ROOT, 'node_modules')}"/*; do ln -s "$entry" node_modules; done
  echo {} > node_modules/.package-lock.json ;;
esac`,
  )
const npmCalls = () => readFileSync(join(folder, 'npm-calls'), 'utf8').trim().split('\n')

async function petrel(args: readonly string[], options: { script?: string; cwd?: string } = {}) {
  const child = spawn(options.script ?? join(project, 'petrel'), args, {
    cwd: options.cwd ?? folder,
    env: { PATH: bin, HOME: folder, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', chunk => {
    out += chunk
  })
  child.stderr.on('data', chunk => {
    err += chunk
  })
  const code = await new Promise(done => child.once('close', done))
  return { code, out, err }
}

test('from another folder, through a chain of links, in a path with spaces', async () => {
  withNode()
  withDependencies()
  mkdirSync(join(folder, 'my links'))
  symlinkSync('../a project/petrel', join(folder, 'my links/first'))
  symlinkSync('first', join(folder, 'my links/second'))
  const { code, out, err } = await petrel(['demo', '--help'], {
    script: join(folder, 'my links/second'),
    cwd: '/',
  })
  expect(err).toBe('')
  expect(out).toContain('petrel demo')
  expect(code).toBe(0)
  expect(existsSync(join(project, '.petrel'))).toBe(false)
})

test('arguments arrive as they were given, and the exit code of the command leaves', async () => {
  withNode()
  withDependencies()
  const { code, err } = await petrel(['load', 'two words *'])
  expect(err).toContain('there is no scenario "two words *"')
  expect(code).toBe(2)
})

test('neither Node nor npm: exit 3, and what to install', async () => {
  const { code, out, err } = await petrel(['demo'])
  expect(code).toBe(3)
  expect(out).toBe('')
  expect(err).toContain('npm is not on PATH')
  expect(err).toMatch(/hint: install Node\.js 24 with npm .*apt-get install npm/)
  expect(readdirSync(join(project, '.petrel'))).toEqual([])
})

test.each(['v20.19.2', 'v22.17.0', 'v24.10.0', 'v25.1.0', 'nonsense'])(
  'a Node that does not fit (%s) is left alone: one is fetched, and everything runs under it',
  async version => {
    program('node', `echo ${version}`)
    withDependencies()
    withNpm()
    const { code, out, err } = await petrel(['--help'])
    expect(err).toContain('fetching Node 24')
    expect(out).toContain('Usage: petrel')
    expect(code).toBe(0)
    expect(npmCalls()).toEqual([
      expect.stringMatching(/^install .*--ignore-scripts .*node-linux-\w+@\^24\.11$/),
    ])
    // The next time it is there.
    expect((await petrel(['--help'])).err).toBe('')
    expect(npmCalls()).toHaveLength(1)
  },
)

test('npm ci runs when node_modules is missing, and again when the lock file is newer', async () => {
  withNode()
  withNpm()
  expect((await petrel(['--help'])).code).toBe(0)
  expect(npmCalls()).toEqual([expect.stringMatching(/^ci /)])
  rmSync(join(project, 'node_modules'), { recursive: true })
  withDependencies()
  expect((await petrel(['--help'])).err).toBe('')
  const soon = new Date(Date.now() + 60_000)
  utimesSync(join(project, 'package-lock.json'), soon, soon)
  await petrel(['--help'])
  expect(npmCalls()).toHaveLength(2)
})

test('an npm that fails: exit 3, its own lines, and nothing left behind', async () => {
  withNode()
  program('npm', 'echo "npm error the registry is on holiday" >&2; exit 1')
  const { code, err } = await petrel(['--help'])
  expect(code).toBe(3)
  expect(err).toContain('npm error the registry is on holiday')
  expect(err).toContain('npm ci failed (exit 1)')
  expect(readdirSync(join(project, '.petrel'))).toEqual([])
})

test('two at once set up once', async () => {
  program('node', 'echo v20.19.2')
  withDependencies()
  withNpm()
  const both = await Promise.all([petrel(['--help']), petrel(['--help'])])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(npmCalls()).toHaveLength(1)
})
