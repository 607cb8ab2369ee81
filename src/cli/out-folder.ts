import { access, constants, lstat, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
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
  const path = join(folder, name)
  try {
    await writeFile(path, text)
  } catch (cause) {
    // What was cut off, or is of an earlier run, would be taken for the result of this one.
    await rm(path, { force: true }).catch(() => {})
    throw unwritable(path, cause)
  }
}

/**
 * Writes a file that somebody keeps: where it cannot be whole, the one that was there stays.
 * @throws PetrelError `report_failed`
 */
export async function writeKept(path: string, text: string): Promise<void> {
  const part = `${path}.part`
  try {
    const there = await lstat(path).catch(() => undefined)
    // What is no plain file, as a link or a device, stays what it is.
    if (there !== undefined && !there.isFile()) return await writeFile(path, text)
    await writeFile(part, text)
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {})
    throw new PetrelError('report_failed', `${path} could not be written: ${errorText(cause)}`, {
      hint: 'make room, or name another file; one that was there is as it was',
    })
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
