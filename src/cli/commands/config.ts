import { EXIT, escapeControl, withoutPassword } from '#core'
import { TELEMETRY_VARIABLES } from '../environment.ts'
import { readGateConfig } from '../gate-config.ts'
import type { Io } from '../io.ts'
import { addSettingOptions, readSettings, type SettingOptions } from '../settings.ts'
import { tableLines } from '../table.ts'
import { defineCommand } from './define.ts'

type ConfigOptions = SettingOptions & { json?: true; gate?: true; config?: string }

export const config = defineCommand<ConfigOptions>({
  name: 'config',
  summary:
    'Show the settings that `petrel serve` would start with, or what the gate holds scenarios to, and where each comes from.',
  example: 'petrel config --port 9000',
  define(command) {
    addSettingOptions(command)
    command
      .option('--gate', 'the thresholds of petrel gate instead')
      .option('--config <file>', 'with --gate: the file to read (default: petrel.yaml, when there is one)')
      .option('--json', 'the answer as JSON')
  },
  async run({ json, gate, config: file, ...options }, _args, io) {
    if (gate) return showThresholds(file, json, io)
    const { effective: settings } = await readSettings(options, io)
    const telemetry = TELEMETRY_VARIABLES.flatMap(({ variable, isSecret, isUrl }) => {
      const value = io.env[variable]
      if (!value) return []
      const shown = isSecret ? '***' : isUrl ? withoutPassword(value) : value
      return { name: variable, variable, value: shown, from: 'environment' }
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

/** Columns of a measure; a longer one is cut, and whole in the JSON. */
const CELL = 44
const cut = (text: string) => (text.length > CELL ? `${text.slice(0, CELL - 1)}…` : text)

async function showThresholds(file: string | undefined, json: true | undefined, io: Io) {
  const { thresholds } = await readGateConfig(file, io)
  if (json) {
    io.out(`${JSON.stringify(Object.fromEntries(thresholds), null, 2)}\n`)
    return EXIT.held
  }
  const rows = [...thresholds].flatMap(([scenario, all]) =>
    all.map(({ phase, name, measure, fail, warn, samples, source }) =>
      [
        scenario,
        `${phase}/${name}`,
        cut(measure),
        fail ?? '-',
        warn ?? '-',
        `${cut(samples.of)} >= ${samples.atLeast}`,
        source,
      ].map(escapeControl),
    ),
  )
  const head = ['scenario', 'threshold', 'measure', 'fails unless', 'warns unless', 'samples', 'from']
  io.out(`${tableLines([head, ...rows]).join('\n')}\n`)
  return EXIT.held
}
