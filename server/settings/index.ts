import type { Setting } from './define.ts'
import { SETTINGS } from './table.ts'

export { settingProblems } from './check.ts'
export { flagOf, type Setting } from './define.ts'
export { type EffectiveSetting, type Flags, resolveSettings, textOf } from './resolve.ts'
export { SETTINGS } from './table.ts'

/** What the server is told when it starts, by the names of the table. */
export type ServerSettings = {
  [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never
}

export const DEFAULT_SETTINGS: ServerSettings = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, { default: value }]) => [name, value]),
) as ServerSettings
