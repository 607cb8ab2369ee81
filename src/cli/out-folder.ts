import { access, constants, mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorText, PetrelError } from '#core'

/**
 * Makes the folder that results go to, before the work that fills it begins.
 * @throws PetrelError `out_unwritable`
 */
export async function makeOutFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
    if (!(await stat(folder)).isDirectory()) throw new Error('it is a file')
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw unwritable(folder, cause)
  }
}

/** @throws PetrelError `out_unwritable`, as when the disk is full. */
export async function writeOut(folder: string, name: string, text: string): Promise<void> {
  try {
    await writeFile(join(folder, name), text)
  } catch (cause) {
    throw unwritable(join(folder, name), cause)
  }
}

/** One folder after another: Node's own `recursive` never ends where a parent takes no entries, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder)
  }
}

export function unwritable(path: string, cause: unknown): PetrelError {
  return new PetrelError('out_unwritable', `cannot write to ${path}: ${errorText(cause)}`, {
    hint: 'name another folder with --out, or make room on the disk',
  })
}
