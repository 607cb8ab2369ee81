import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { errorText, PetrelError } from '#core'
import { type EffectiveThreshold, effectiveThresholds, readConfig } from '#gate'
import type { Io } from './io.ts'

/** Looked for where the command was called. */
const USUAL = 'petrel.yaml'

/**
 * What each scenario is held to, by the file that was named, else by a `petrel.yaml` that is there, else by the
 * catalogue alone.
 * @throws PetrelError `config_unreadable`, `bad_config`
 */
export async function readGateConfig(
  file: string | undefined,
  io: Io,
): Promise<Map<string, EffectiveThreshold[]>> {
  const name = file ?? USUAL
  let text: string
  try {
    text = await readFile(resolve(io.cwd, name), 'utf8')
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    if (isAbsent && file === undefined) return effectiveThresholds()
    throw new PetrelError('config_unreadable', `${name} cannot be read: ${errorText(cause)}`, {
      hint: 'leave --config away to go by the catalogue',
    })
  }
  return effectiveThresholds({ ...readConfig(text, name), name })
}
