import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { execa } from 'execa'
import { errorText, PetrelError } from '#core'
import { type Baseline, readBaseline } from '#gate'
import type { Io } from './io.ts'

/** Looked for at a git ref that is named without a path. */
export const BASELINE_FILE = 'petrel.baseline.json'

/**
 * Reads a baseline by the name of its file, else of a git ref (`main`, `v1.2`, `origin/main:ci/baseline.json`), at
 * which it was committed.
 * @throws PetrelError `config_unreadable` when there is neither, `baseline_unfit` when what is there is no baseline
 */
export async function readBaselineFile(name: string, io: Io): Promise<Baseline> {
  let text: string
  try {
    text = await readFile(resolve(io.cwd, name), 'utf8')
  } catch (cause) {
    const committed = await readAtRef(name, io)
    if (committed !== undefined) return committed
    throw new PetrelError('config_unreadable', `the baseline ${name} cannot be read: ${errorText(cause)}`, {
      hint: `make it with petrel baseline save ${BASELINE_FILE}; a git ref must be fetched first`,
    })
  }
  return readBaseline(text, name)
}

/** The baseline of a commit; undefined when the name is no ref of a repository here. */
async function readAtRef(name: string, { cwd }: Io): Promise<Baseline | undefined> {
  const [ref = '', path = BASELINE_FILE] = name.split(/:(.*)/s)
  const git = (...args: string[]) => execa('git', args, { cwd, reject: false, stripFinalNewline: true })
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)
  if (commit.exitCode !== 0) return undefined
  // By the commit's id, so that nothing in the name can be an option; from the folder that we are in.
  const shown = await git('show', `${commit.stdout}:./${path}`)
  const told = `${path} of ${ref} (${commit.stdout.slice(0, 10)})`
  if (shown.exitCode !== 0) {
    throw new PetrelError('baseline_unfit', `there is no ${told}`, {
      hint: `commit one with petrel baseline save ${BASELINE_FILE}, or name its path as ${ref}:ci/baseline.json`,
    })
  }
  return readBaseline(shown.stdout, told)
}
