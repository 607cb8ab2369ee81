import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { errorText, PetrelError } from '#core'
import { type Baseline, readBaseline } from '#gate'
import type { Io } from './io.ts'

/** @throws PetrelError `config_unreadable` when the file cannot be read, `baseline_unfit` when it is no baseline */
export async function readBaselineFile(file: string, io: Io): Promise<Baseline> {
  let text: string
  try {
    text = await readFile(resolve(io.cwd, file), 'utf8')
  } catch (cause) {
    throw new PetrelError('config_unreadable', `the baseline ${file} cannot be read: ${errorText(cause)}`, {
      hint: `make it with petrel baseline save ${file}`,
    })
  }
  return readBaseline(text, file)
}
