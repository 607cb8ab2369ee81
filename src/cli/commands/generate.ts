import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { EXIT, escapeControl, PetrelError } from '#core'
import { dashboardFiles, type GeneratedFile } from '#dashboards'
import type { Io } from '../io.ts'
import { PROJECT } from '../project.ts'
import { referenceFiles } from '../reference/index.ts'
import { defineCommand } from './define.ts'

/** Folders that hold generated files and nothing else. */
const FOLDERS = ['dashboards/out', 'docs/reference']

export const generate = defineCommand<{ check?: true; root?: string }>({
  name: 'generate',
  summary: 'Write rules, dashboards and reference pages from the catalogue.',
  example: 'petrel generate --check',
  define(command) {
    command
      .option('--check', 'write nothing; exit 1 when a file is not what it should be')
      .option('--root <folder>', 'the project to write into (default: this one)')
  },
  async run({ check, root = PROJECT }, _args, io) {
    const { COMMANDS } = await import('./index.ts')
    const isFolder = await stat(root).then(
      found => found.isDirectory(),
      () => false,
    )
    if (!isFolder) {
      throw new PetrelError('bad_option', `--root "${root}" is no folder`, { hint: 'name one that is there' })
    }
    const differences = await compare(root, [...dashboardFiles(), ...referenceFiles(COMMANDS)])
    if (differences.length === 0) {
      io.out('every generated file is up to date\n')
      return EXIT.held
    }
    for (const { path, state } of differences) {
      io.out(`${(check ? state : DONE[state]).padEnd(11)} ${escapeControl(path)}\n`)
    }
    if (check) {
      io.err('petrel: generated files differ from the catalogue\n  hint: run petrel generate and commit\n')
      return EXIT.didNotHold
    }
    await settle(root, differences, io)
    return EXIT.held
  },
})

interface Difference {
  path: string
  state: 'missing' | 'different' | 'superfluous'
  /** Absent for a file that should not be there. */
  content?: string
}

/** What settling a difference does. */
const DONE = { missing: 'written', different: 'rewritten', superfluous: 'removed' } as const

async function compare(root: string, files: readonly GeneratedFile[]): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const { path, content } of files) {
    const found = await readFile(join(root, path), 'utf8').catch(() => undefined)
    if (found === undefined) differences.push({ path, state: 'missing', content })
    else if (found !== content) differences.push({ path, state: 'different', content })
  }
  const wanted = new Set(files.map(({ path }) => path))
  for (const folder of FOLDERS) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(
      () => [],
    )
    for (const entry of entries) {
      const path = relative(root, join(entry.parentPath, entry.name))
      if (!entry.isDirectory() && !wanted.has(path)) differences.push({ path, state: 'superfluous' })
    }
  }
  return differences
}

async function settle(root: string, differences: readonly Difference[], io: Io): Promise<void> {
  for (const { path, content } of differences) {
    const file = join(root, path)
    if (content === undefined) {
      await rm(file)
      continue
    }
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  io.out(`${differences.length} files settled\n`)
}
