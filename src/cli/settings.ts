import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { errorText, escapeControl, PetrelError } from '#core'
import {
  type EffectiveSetting,
  type Flags,
  flagOf,
  resolveSettings,
  SETTINGS,
  type ServerSettings,
  type Setting,
  settingProblems,
  textOf,
} from '../../server/settings/index.ts'
import { telemetryProblems } from '../../server/telemetry/open.ts'
import { unknownVariables } from './environment.ts'
import type { Io } from './io.ts'

/** What commander makes of the options that `addSettingOptions` adds. */
export type SettingOptions = Readonly<Record<string, string | undefined>>

const settings = Object.entries(SETTINGS) as [keyof typeof SETTINGS, Setting<unknown>][]
const faultsFile = z.record(z.string(), z.string())

/** Adds a flag for every setting that is no secret. */
export function addSettingOptions(command: Command): void {
  for (const [, setting] of settings) {
    const { kind, description } = setting
    const flag = flagOf(setting)
    if (flag === undefined) continue
    const names = kind.names ? ` One of ${kind.names.join(', ')}.` : ''
    const notes = `(${kind.isList ? 'repeatable; ' : ''}default: ${shownDefault(setting)})`
    const option = new Option(`${flag} <${kind.unit}>`, `${description}${names} ${notes}`)
    const append = (value: string, before: string | undefined) =>
      before === undefined ? value : `${before},${value}`
    command.addOption(kind.isList ? option.argParser(append) : option)
  }
  command.option('--faults-file <file>', 'JSON file of fault switches, as {"send-in-catch": "on"}')
}

/** The default of a setting, for people. */
export const shownDefault = (setting: Setting<unknown>): string => textOf(setting, setting.default) || 'none'

/**
 * The settings of a server: flags over the environment over defaults.
 * @throws PetrelError `bad_settings` with all that is wrong; `config_unreadable`
 */
export async function readSettings(
  options: SettingOptions,
  io: Io,
): Promise<{ settings: ServerSettings; effective: readonly EffectiveSetting[] }> {
  const flags = await readFlags(options, io)
  const { settings, effective, problems } = resolveSettings(io.env, flags)
  const { misspelt, unknown } = unknownVariables(io.env)
  const all = [...problems, ...(await settingProblems(settings)), ...telemetryProblems(io.env), ...misspelt]
  if (all.length > 0) {
    throw new PetrelError(
      'bad_settings',
      `${all.length === 1 ? 'a setting is' : `${all.length} settings are`} wrong`,
      {
        hint: 'docs/reference/configuration.md has every setting; petrel config shows which are in effect',
        cause: new AggregateError(all.map(text => new Error(text))),
      },
    )
  }
  for (const variable of unknown) io.err(`petrel: nothing reads ${escapeControl(variable)}\n`)
  return { settings, effective }
}

async function readFlags(options: SettingOptions, io: Io): Promise<Flags> {
  const flags: Partial<Record<keyof typeof SETTINGS, string>> = {}
  for (const [name, setting] of settings) {
    const flag = flagOf(setting)
    const written = flag === undefined ? undefined : options[new Option(flag).attributeName()]
    if (written !== undefined) flags[name] = written
  }
  if (options.faultsFile !== undefined) {
    const switches = await readFaultsFile(options.faultsFile, io)
    flags.faults = [...switches, ...(flags.faults === undefined ? [] : [flags.faults])].join(',')
  }
  return flags
}

async function readFaultsFile(file: string, io: Io): Promise<string[]> {
  try {
    const switches = faultsFile.parse(JSON.parse(await readFile(resolve(io.cwd, file), 'utf8')))
    return Object.entries(switches).map(([name, variant]) => `${name}=${variant}`)
  } catch (cause) {
    throw new PetrelError(
      'config_unreadable',
      `the faults file ${file} cannot be read: ${errorText(cause)}`,
      {
        hint: 'it is JSON, as {"send-in-catch": "on"}',
      },
    )
  }
}
