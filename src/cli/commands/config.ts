import { EXIT, escapeControl } from '#core'
import { TELEMETRY_VARIABLES } from '../environment.ts'
import { addSettingOptions, readSettings, type SettingOptions } from '../settings.ts'
import { tableLines } from '../table.ts'
import { defineCommand } from './define.ts'

export const config = defineCommand<SettingOptions & { json?: true }>({
  name: 'config',
  summary: 'Show the settings that `petrel serve` would start with, and where each comes from.',
  example: 'petrel config --port 9000',
  define(command) {
    addSettingOptions(command)
    command.option('--json', 'the answer as JSON')
  },
  async run({ json, ...options }, _args, io) {
    const { effective: settings } = await readSettings(options, io)
    const telemetry = TELEMETRY_VARIABLES.flatMap(({ variable, isSecret }) => {
      const value = io.env[variable]
      return value ? { name: variable, variable, value: isSecret ? '***' : value, from: 'environment' } : []
    })
    const effective = [...settings, ...telemetry]
    if (json) io.out(`${JSON.stringify(effective, null, 2)}\n`)
    else {
      const rows = effective.map(({ variable, value, from }) => [variable, escapeControl(value || '-'), from])
      io.out(`${tableLines([['variable', 'value', 'from'], ...rows]).join('\n')}\n`)
    }
    return EXIT.held
  },
})
