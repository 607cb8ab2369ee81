import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { Option } from 'commander'
import { EXIT, type ExitCode, escapeControl, PetrelError } from '#core'
import { dashboardFiles, type GeneratedFile, loneFailures, tunedBy } from '#dashboards'
import type { Io } from '../io.ts'
import { makeOutFolder, unwritable } from '../out-folder.ts'
import { PROJECT } from '../project.ts'
import { referenceFiles } from '../reference/index.ts'
import { PROOF_PAGE } from '../reference/proof.ts'
import { defineCommand } from './define.ts'

/** Folders that hold generated files and nothing else. */
const FOLDERS = ['dashboards/out', 'docs/reference']

export const generate = defineCommand<{ check?: true; root?: string; settings?: string; out?: string }>({
  name: 'generate',
  summary: 'Write rules, dashboards and reference pages from the catalogue.',
  example: 'petrel generate --check',
  define(command) {
    command
      .option('--check', 'write nothing; exit 1 when a file is not what it should be')
      .option('--root <folder>', 'the project to write into (default: this one)')
      .addOption(
        new Option(
          '--settings <file>',
          'tune thresholds, objectives, windows and selectors by this file (YAML), and write rules, boards and routes alone',
        ).conflicts('root'),
      )
      .option('--out <folder>', 'with --settings: where to write them (default: petrel-out)')
  },
  async run({ check, root = PROJECT, settings, out }, _args, io) {
    if (settings !== undefined)
      return tune(resolve(io.cwd, settings), resolve(io.cwd, out ?? 'petrel-out'), check, io)
    if (out !== undefined) {
      throw new PetrelError('bad_option', '--out goes with --settings alone', {
        hint: 'without settings the files go into the project: see --root',
      })
    }
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

/** Files of a tuned catalogue are nobody's project: only what is generated is looked at. */
async function tune(file: string, folder: string, check: true | undefined, io: Io): Promise<ExitCode> {
  const text = await readFile(file, 'utf8').catch(cause => {
    throw new PetrelError('config_unreadable', `cannot read ${file}`, { cause })
  })
  const watched = tunedBy(text, file)
  if (!check) await makeOutFolder(folder)
  const files = dashboardFiles(watched).map(({ path, content }) => ({
    path: path.replace('dashboards/out/', ''),
    content,
  }))
  const differences = await compare(folder, files, [])
  for (const { path, state } of differences) {
    io.out(`${(check ? state : DONE[state]).padEnd(11)} ${escapeControl(path)}\n`)
  }
  for (const sentence of loneFailures(watched)) io.err(`petrel: ${sentence}\n`)
  if (differences.length === 0) io.out('every generated file is up to date\n')
  else if (check) return EXIT.didNotHold
  else await settle(folder, differences, io)
  return EXIT.held
}

interface Difference {
  path: string
  state: 'missing' | 'different' | 'superfluous'
  /** Absent for a file that should not be there. */
  content?: string
}

/** What settling a difference does. */
const DONE = { missing: 'written', different: 'rewritten', superfluous: 'removed' } as const

async function compare(
  root: string,
  files: readonly GeneratedFile[],
  folders: readonly string[] = FOLDERS,
): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const { path, content } of files) {
    const found = await readFile(join(root, path), 'utf8').catch(() => undefined)
    if (found === undefined) differences.push({ path, state: 'missing', content })
    else if (found !== content) differences.push({ path, state: 'different', content })
  }
  const wanted = new Set(files.map(({ path }) => path))
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(
      () => [],
    )
    for (const entry of entries) {
      const path = relative(root, join(entry.parentPath, entry.name))
      if (!entry.isDirectory() && !wanted.has(path) && path !== PROOF_PAGE)
        differences.push({ path, state: 'superfluous' })
    }
  }
  return differences
}

/** @throws PetrelError `out_unwritable` */
async function settle(root: string, differences: readonly Difference[], io: Io): Promise<void> {
  for (const { path, content } of differences) {
    const file = join(root, path)
    try {
      if (content === undefined) await rm(file)
      else {
        await mkdir(dirname(file), { recursive: true })
        await writeFile(file, content)
      }
    } catch (cause) {
      throw unwritable(file, cause)
    }
  }
  io.out(`${differences.length} files settled\n`)
}
