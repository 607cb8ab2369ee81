import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { errorText, PetrelError } from '#core'
import { type EffectiveThreshold, effectiveThresholds, type GateConfig, readConfig } from '#gate'
import type { Io } from './io.ts'

/** Looked for where the command was called. */
export const CONFIG_FILE = 'petrel.yaml'

/** What a file says of the gate, and what each scenario is held to. */
export interface EffectiveConfig {
  gate: GateConfig
  thresholds: Map<string, EffectiveThreshold[]>
}

/**
 * What is in effect by the file that was named, else by a `petrel.yaml` that is there, else by the catalogue alone.
 * @throws PetrelError `config_unreadable`, `bad_config`
 */
export async function readGateConfig(file: string | undefined, io: Io): Promise<EffectiveConfig> {
  const name = file ?? CONFIG_FILE
  let text: string
  try {
    text = await readFile(resolve(io.cwd, name), 'utf8')
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    if (isAbsent && file === undefined) return { gate: {}, thresholds: effectiveThresholds() }
    throw new PetrelError('config_unreadable', `${name} cannot be read: ${errorText(cause)}`, {
      hint: 'leave --config away to go by the catalogue',
    })
  }
  const read = readConfig(text, name)
  return { gate: read.config.gate ?? {}, thresholds: effectiveThresholds({ ...read, name }) }
}
